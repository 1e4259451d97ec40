// SandboxProcess: the local stand-in server of one run (`--sandbox`), the program pixgraph-sandbox beside this one.
//
// Started on a free port; its first line is its base URL. It ends with this object, and also when this process dies in
// any way, because it ends when its standard input closes.
#pragma once

#include <sys/types.h>

#include <string>

namespace pixgraph {

class SandboxProcess {
 public:
  /// Throws Error E801 where the program is not there or does not start within 15 s.
  SandboxProcess();
  ~SandboxProcess();
  SandboxProcess(const SandboxProcess&) = delete;
  SandboxProcess& operator=(const SandboxProcess&) = delete;
  const std::string& base_url() const { return base_url_; }

 private:
  void end();

  pid_t pid_ = -1;
  int its_input_ = -1;
  std::string base_url_;
};

/// The path of a program that stands beside this one.
std::string beside_program(const std::string& name);

}  // namespace pixgraph
