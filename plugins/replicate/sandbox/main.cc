// pixgraph-sandbox: parses its options, serves until it is told to end.
#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>
#include <unistd.h>

#include "options.h"
#include "server.h"

#ifndef PIXGRAPH_SANDBOX_VERSION
#define PIXGRAPH_SANDBOX_VERSION "0.1.0"
#endif

namespace {

// Any end of standard input, also a parent that was killed, is a request to end.
void end_with_stdin() {
  std::thread([] {
    char buffer[256];
    ssize_t n = 0;
    do {
      n = ::read(STDIN_FILENO, buffer, sizeof buffer);
    } while (n > 0 || (n < 0 && errno == EINTR));
    ::kill(::getpid(), SIGTERM);
  }).detach();
}

int serve(const sandbox::Options& options) {
  sandbox::Server server(options);
  std::printf("%s\n", server.base_url().c_str());
  std::fflush(stdout);
  std::cerr << "pixgraph sandbox: stand-in models; any token is taken. Outputs at " << server.delivery_origin()
            << ". Ctrl-C ends it.\n";
  if (options.until_stdin_closes) end_with_stdin();
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  int which = 0;
  sigwait(&signals, &which);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Blocked before the first thread starts, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  sandbox::Options options;
  try {
    options = sandbox::parse_options({argv + 1, argv + argc});
  } catch (const std::invalid_argument& error) {
    std::cerr << "pixgraph-sandbox: " << error.what() << "\n";
    return 2;
  }
  if (options.help) {
    std::cout << sandbox::help_text();
    return 0;
  }
  if (options.version) {
    std::cout << "pixgraph-sandbox " PIXGRAPH_SANDBOX_VERSION "\n";
    return 0;
  }
  try {
    return serve(options);
  } catch (const std::exception& error) {
    std::cerr << "pixgraph-sandbox: cannot serve on port " << options.port << ": " << error.what() << "\n";
    return 1;
  }
}
