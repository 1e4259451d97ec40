// A running sandbox: the API's port, the port that delivers output files, and (fault redirect) a third origin.
// All on 127.0.0.1. A thread per connection, from a pool of its own; at most kMaxConnections per port.
#pragma once

#include <memory>
#include <string>

#include "options.h"

namespace sandbox {

class Server {
 public:
  // Listens when it returns. Throws std::invalid_argument for a wrong fault, Poco::Exception when a port is taken.
  explicit Server(const Options& options);
  // Closes all connections, wakes those that wait, and ends within a model's run.
  ~Server();

  // "http://127.0.0.1:PORT/v1"
  std::string base_url() const;
  // "http://127.0.0.1:PORT2", where outputs are
  std::string delivery_origin() const;

 private:
  struct Ports;
  std::unique_ptr<Ports> ports_;
};

}  // namespace sandbox
