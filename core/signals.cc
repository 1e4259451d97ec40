#include "signals.h"

#include <signal.h>
#include <unistd.h>

#include <utility>

namespace pixgraph {

/// Whoever started us with nohup wants it to be nothing.
static bool hangup_is_ignored() {
  struct sigaction now {};
  return ::sigaction(SIGHUP, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

static sigset_t taken() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (!hangup_is_ignored()) sigaddset(&set, SIGHUP);
  return set;
}

void Signals::block() {
  const sigset_t set = taken();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void Signals::end_at_once() {
  struct sigaction action {};
  action.sa_handler = [](int signal) { ::_exit(128 + signal); };
  sigemptyset(&action.sa_mask);
  const sigset_t set = taken();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (sigismember(&set, signal)) ::sigaction(signal, &action, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

Signals::Signals(std::function<void()> first_interrupt, std::function<void()> second_interrupt,
                 std::function<void()> terminate)
    : thread_([this, first_interrupt = std::move(first_interrupt), second_interrupt = std::move(second_interrupt),
               terminate = std::move(terminate)] {
        const sigset_t set = taken();
        while (!ending_) {
          const timespec wait{0, 100'000'000};
          const int got = sigtimedwait(&set, nullptr, &wait);
          if (got == SIGTERM || got == SIGHUP) terminate();
          if (got == SIGINT) (interrupts_++ == 0 ? first_interrupt : second_interrupt)();
        }
      }) {}

Signals::~Signals() {
  ending_ = true;
  thread_.join();
}

}  // namespace pixgraph
