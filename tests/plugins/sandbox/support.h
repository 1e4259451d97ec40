// A sandbox in this process and a client for it. The server stops with the object.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "codecs.h"
#include "options.h"
#include "server.h"

namespace sandbox {

struct Answer {
  int status = 0;  // 0 = the connection closed without an answer
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
  bool complete = true;                        // as many bytes as Content-Length said
  double seconds = 0;
  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

using Headers = std::map<std::string, std::string>;

// One request on a connection of its own, to any absolute URL.
Answer fetch(const std::string& method, const std::string& url, const std::string& body = "",
             const Headers& headers = {});

class TestServer {
 public:
  // Options as on the command line; run times are 20 ms unless --latency is given.
  explicit TestServer(std::vector<std::string> arguments = {});

  // `path` is relative to /v1, or absolute. The token is sent.
  Answer call(const std::string& method, const std::string& path, const nlohmann::json& body = nullptr,
              Headers headers = {});
  // Creates by model name or version id, with the form that fits.
  Answer create(const std::string& what, const nlohmann::json& input, Headers headers = {});
  // Creates, and polls to the end.
  nlohmann::json run(const std::string& what, const nlohmann::json& input);
  nlohmann::json await(const std::string& id);
  // The output's picture.
  Picture picture(const nlohmann::json& prediction, std::size_t index = 0);
  std::string output_url(const nlohmann::json& prediction, std::size_t index = 0);
  nlohmann::json stats();

  const std::string base;  // ".../v1"
  const std::string origin;

 private:
  explicit TestServer(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

// A data: URI of a PNG.
std::string data_uri(const Picture& picture, bool with_alpha = false);
// A disc on a plain ground; the classic test of a cut-out.
Picture disc_picture(int width, int height);

}  // namespace sandbox
