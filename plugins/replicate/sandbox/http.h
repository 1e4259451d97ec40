// A request and an answer as plain values, so that handlers know nothing of sockets and tests can call them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sandbox {

struct Request {
  std::string method;
  std::string path;   // without query, percent-decoded only by who needs it
  std::string query;  // without '?'
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // "" when absent; names are compared without case.
  std::string header(const std::string& name) const;
  std::optional<std::string> parameter(const std::string& name) const;
};

struct Response {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool drop = false;  // close the connection without an answer
};

// application/problem+json with title, detail and status.
Response problem(int status, const std::string& title, const std::string& detail);
Response not_found();

}  // namespace sandbox
