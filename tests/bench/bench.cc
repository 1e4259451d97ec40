#include "bench.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <nlohmann/json.hpp>

namespace bench {

namespace fs = std::filesystem;

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "pixgraph-bench-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder can be made");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Sandbox::Sandbox(const Folder& folder, const std::vector<std::string>& options, const std::string& label) {
  std::vector<std::string> words = {program("pixgraph-sandbox"), "--port", "0"};
  words.insert(words.end(), options.begin(), options.end());
  process_ = std::make_unique<cases::Process>(words, folder.path(), cases::clean_environment(folder.path()),
                                              folder.path(), label);
  for (int i = 0; i < 1000 && base_url_.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const std::string out = process_->out();
    if (const std::size_t end = out.find('\n'); end != std::string::npos) base_url_ = out.substr(0, end);
  }
  if (base_url_.empty()) throw std::runtime_error("the sandbox did not start: " + process_->err());
}

std::string Sandbox::stats() const {
  const int port = std::stoi(base_url_.substr(base_url_.rfind(':') + 1));
  return cases::http_get(port, "/sandbox/stats");
}

long Sandbox::count(const std::string& name) const {
  return nlohmann::json::parse(stats()).value(name, 0L);
}

std::map<std::string, Figures> compare(const Folder& folder, const std::vector<Side>& sides, int rounds) {
  std::map<std::string, std::vector<cases::Ended>> runs;
  for (int round = 0; round < rounds; ++round)
    for (const Side& side : sides) {
      if (side.before) side.before();
      auto environment = cases::clean_environment(folder.path());
      for (const auto& [name, value] : side.environment) environment[name] = value;
      cases::Process process(side.words, folder.path(), environment, folder.path(), "side");
      cases::Ended ended = process.wait(std::chrono::seconds(1800));
      if (ended.code != 0)
        throw std::runtime_error(fmt::format("{} ended with {}:\n{}{}", side.name, ended.code,
                                             ended.out.substr(0, 2000), ended.err.substr(0, 2000)));
      runs[side.name].push_back(std::move(ended));
    }
  std::map<std::string, Figures> figures;
  for (const auto& [name, ends] : runs) {
    std::vector<double> wall, cpu, rss;
    for (const cases::Ended& ended : ends) {
      wall.push_back(ended.seconds);
      cpu.push_back(ended.cpu_seconds);
      rss.push_back(static_cast<double>(ended.peak_rss_kb) / 1024);
    }
    figures[name] = {median(wall), median(cpu), median(rss)};
  }
  return figures;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string program(const std::string& name) {
  return (fs::path(PIXGRAPH_PROGRAM).parent_path() / name).string();
}

std::string installed(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return folder + "/" + name;
  return "";
}

}  // namespace bench

int main(int count, char** words) {
  setlinebuf(stdout);
  const std::map<std::string, int (*)()> benches = {
      {"remote", bench::remote}, {"limits", bench::limits}, {"engine", bench::engine}, {"image", bench::image}};
  const auto chosen = count == 2 ? benches.find(words[1]) : benches.end();
  if (chosen == benches.end()) {
    std::fputs("usage: pixgraph-bench NAME, with NAME one of:", stderr);
    for (const auto& [name, run] : benches) std::fprintf(stderr, " %s", name.c_str());
    std::fputs("\n", stderr);
    return 2;
  }
  try {
    return chosen->second();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
