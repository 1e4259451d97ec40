#include "process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace cases {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

std::map<std::string, std::string> clean_environment(const std::string& folder) {
  std::map<std::string, std::string> clean;
  for (char** one = environ; *one; ++one) {
    const std::string line = *one, name = line.substr(0, line.find('='));
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (name.starts_with("REPLICATE_") || name.starts_with("PIXGRAPH_") || lower.ends_with("_proxy")) continue;
    clean[name] = line.substr(std::min(line.size(), name.size() + 1));
  }
  clean["HOME"] = folder + "/home";
  clean["XDG_CACHE_HOME"] = folder + "/home/cache";
  clean["LC_ALL"] = "C.UTF-8";
  return clean;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& bytes) {
  if (const fs::path folder = fs::path(path).parent_path(); !folder.empty()) fs::create_directories(folder);
  std::ofstream(path, std::ios::binary) << bytes;
}

Process::Process(const std::vector<std::string>& words, const std::string& folder,
                 const std::map<std::string, std::string>& environment, const std::string& scratch,
                 const std::string& label)
    : out_file_(scratch + "/" + label + ".out"),
      err_file_(scratch + "/" + label + ".err"),
      started_(steady_clock::now()) {
  // Made before fork: after it only calls that are safe in a child of a process with threads.
  std::vector<std::string> lines;
  for (const auto& [name, value] : environment) lines.push_back(name + "=" + value);
  std::vector<char*> arguments, variables;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  for (std::string& line : lines) variables.push_back(line.data());
  arguments.push_back(nullptr);
  variables.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (pid_ > 0) {
    ::setpgid(pid_, pid_);
    return;
  }
  ::setpgid(0, 0);
  const int none = ::open("/dev/null", O_RDONLY);
  const int out = ::open(out_file_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  const int err = ::open(err_file_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  ::dup2(none, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  if (::chdir(folder.c_str()) == 0) ::execve(arguments[0], arguments.data(), variables.data());
  ::_exit(127);
}

Process::~Process() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGTERM);
  wait(std::chrono::seconds(5));
}

void Process::signal(int number) {
  ::kill(pid_, number);
}

Ended Process::wait(std::chrono::seconds limit) {
  Ended ended;
  int status = 0;
  rusage usage{};
  bool late = false;
  const auto end = steady_clock::now() + limit;
  while (pid_ > 0) {
    if (::wait4(pid_, &status, WNOHANG, &usage) == pid_) break;
    if (!late && steady_clock::now() > end) {
      late = true;
      ::kill(-pid_, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  ::kill(-pid_, SIGKILL);  // whatever it left behind
  pid_ = -1;
  ended.code = late ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended.seconds = std::chrono::duration<double>(steady_clock::now() - started_).count();
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + time.tv_usec / 1e6; };
  ended.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  ended.peak_rss_kb = usage.ru_maxrss;
  ended.out = out();
  ended.err = err();
  return ended;
}

std::string Process::out() const {
  return read_file(out_file_);
}
std::string Process::err() const {
  return read_file(err_file_);
}

Listener::Listener() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 64) != 0 ||
      ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error(std::string("listen: ") + std::strerror(errno));
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] {
    while (!ending_) {
      pollfd watch{socket_, POLLIN, 0};
      if (::poll(&watch, 1, 20) <= 0) continue;
      if (const int one = ::accept(socket_, nullptr, nullptr); one >= 0) {
        ++heard_;
        ::close(one);
      }
    }
  });
}

Listener::~Listener() {
  ending_ = true;
  thread_.join();
  ::close(socket_);
}

std::string http_get(int port, const std::string& path) {
  const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\nConnection: close\r\n\r\n";
    char buffer[4096];
    if (::send(connection, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()))
      for (ssize_t n = 0; (n = ::recv(connection, buffer, sizeof buffer, 0)) > 0;)
        answer.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(connection);
  const std::size_t body = answer.find("\r\n\r\n");
  return body == std::string::npos ? "" : answer.substr(body + 4);
}

}  // namespace cases
