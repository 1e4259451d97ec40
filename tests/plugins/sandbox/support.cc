#include "support.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/URI.h>

#include <chrono>
#include <cmath>
#include <istream>
#include <thread>

#include "text.h"

namespace sandbox {

using nlohmann::json;

Answer fetch(const std::string& method, const std::string& url, const std::string& body, const Headers& headers) {
  const auto begin = std::chrono::steady_clock::now();
  const Poco::URI uri(url);
  Answer answer;
  try {
    Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
    session.setTimeout(Poco::Timespan(20, 0));
    Poco::Net::HTTPRequest request(method, uri.getPathAndQuery(), "HTTP/1.1");
    for (const auto& [name, value] : headers) request.set(name, value);
    if (!body.empty() || method == "POST") request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    session.sendRequest(request) << body << std::flush;
    Poco::Net::HTTPResponse response;
    std::istream& in = session.receiveResponse(response);
    answer.status = response.getStatus();
    for (const auto& [name, value] : response) answer.headers[lower(name)] = value;
    std::string piece(65536, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
      answer.body.append(piece, 0, static_cast<std::size_t>(in.gcount()));
    }
    answer.complete = !response.hasContentLength() || method == "HEAD" ||
                      response.getContentLength64() == static_cast<Poco::Int64>(answer.body.size());
  } catch (const Poco::Exception&) {
    // No answer, or one that broke off: the status says which.
  }
  answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return answer;
}

namespace {

std::unique_ptr<Server> start(std::vector<std::string> arguments) {
  bool timed = false;
  for (const std::string& argument : arguments) timed = timed || argument == "--latency";
  if (!timed) arguments.insert(arguments.end(), {"--latency", "20ms"});
  return std::make_unique<Server>(parse_options(arguments));
}

}  // namespace

TestServer::TestServer(std::vector<std::string> arguments) : TestServer(start(std::move(arguments))) {}

TestServer::TestServer(std::unique_ptr<Server> server)
    : base(server->base_url()), origin(base.substr(0, base.size() - 3)), server_(std::move(server)) {}

Answer TestServer::call(const std::string& method, const std::string& path, const json& body, Headers headers) {
  headers.emplace("Authorization", "Bearer r8_secret");
  if (!body.is_null()) headers.emplace("Content-Type", "application/json");
  return fetch(method, path.starts_with("http") ? path : base + path, body.is_null() ? "" : body.dump(), headers);
}

Answer TestServer::create(const std::string& what, const json& input, Headers headers) {
  if (what.size() == 64) return call("POST", "/predictions", {{"version", what}, {"input", input}}, std::move(headers));
  return call("POST", "/models/" + what + "/predictions", {{"input", input}}, std::move(headers));
}

json TestServer::await(const std::string& id) {
  for (;;) {
    const json prediction = call("GET", "/predictions/" + id).json();
    const std::string status = prediction["status"];
    if (status != "starting" && status != "processing") return prediction;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

json TestServer::run(const std::string& what, const json& input) {
  return await(create(what, input).json()["id"]);
}

std::string TestServer::output_url(const json& prediction, std::size_t index) {
  const json& output = prediction.at("output");
  return output.is_string() ? output : output.at(index);
}

Picture TestServer::picture(const json& prediction, std::size_t index) {
  return decode_picture(fetch("GET", output_url(prediction, index)).body);
}

json TestServer::stats() {
  return fetch("GET", origin + "/sandbox/stats").json();
}

std::string data_uri(const Picture& picture, bool with_alpha) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string bytes = encode_png(picture, with_alpha);
  std::string out = "data:image/png;base64,";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : kDigits[(word >> (18 - 6 * k)) & 63];
  }
  return out;
}

Picture disc_picture(int width, int height) {
  Picture picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool inside = std::hypot(x + 0.5 - width / 2.0, y + 0.5 - height / 2.0) < std::min(width, height) * 0.3;
      std::uint8_t* p = picture.at(x, y);
      p[0] = static_cast<std::uint8_t>(inside ? 200 + (x * 7 + y * 3) % 20 : 60 + (x + y) % 6);
      p[1] = static_cast<std::uint8_t>(inside ? 70 : 120 + x % 5);
      p[2] = static_cast<std::uint8_t>(inside ? 50 : 170);
      p[3] = 255;
    }
  }
  return picture;
}

}  // namespace sandbox
