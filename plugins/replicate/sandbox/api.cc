#include "api.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "text.h"

namespace sandbox {

namespace {

constexpr std::size_t kPageSize = 100;

Parts split(const std::string& path) {
  Parts parts;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (end > at) parts.push_back(percent_decode(path.substr(at, end - at)));
    at = end + 1;
  }
  return parts;
}

bool is_create(const Request& request, const Parts& parts) {
  return request.method == "POST" && !parts.empty() && parts.back() == "predictions";
}

bool has_token(const Request& request) {
  const std::string value = request.header("Authorization");
  for (const char* scheme : {"Bearer ", "Token "}) {
    const std::string_view prefix(scheme);
    if (starts_with_no_case(value, prefix) && value.size() > prefix.size()) return true;
  }
  return false;
}

Response unauthenticated() {
  return problem(401, "Unauthenticated", "You did not pass a valid authentication token");
}

Response throttled(World& world, double real_seconds) {
  world.stats.count("answered429");
  const int seconds = std::max(1, static_cast<int>(std::ceil(real_seconds)));
  const std::string text = std::to_string(seconds);
  return {429,
          "{\"detail\":\"Request was throttled. Your rate limit resets in ~" + text +
              "s.\",\"status\":429,\"retry_after\":" + text + "}",
          "application/problem+json",
          {{"ratelimit-remaining", "0"}, {"ratelimit-reset", text}}};
}

// What keeps a request from being carried out at all; nullopt = go on.
std::optional<Response> refusal(World& world, const Request& request, const Parts& parts) {
  Faults& faults = world.faults;
  if (faults.hit(Fault::bad_gateway_html)) {
    return Response{
        502,
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
        "</center>\r\n<hr><center>pixgraph sandbox</center>\r\n</body>\r\n</html>\r\n",
        "text/html"};
  }
  // A signed download link stands for itself.
  const bool download = parts.size() == 4 && parts[1] == "files" && parts[3] == "download";
  if (!download && (!has_token(request) || faults.hit(Fault::unauthenticated))) return unauthenticated();
  if (faults.hit(Fault::throttle_header)) {
    world.stats.count("answered429");
    return Response{429, "{\"detail\":\"Request was throttled.\"}", "application/problem+json", {{"Retry-After", "1"}}};
  }
  if (faults.hit(Fault::throttle_json)) return throttled(world, 1);
  const bool create = is_create(request, parts);
  const double wait = (create ? world.creates : world.other).take(world.clock.now());
  // The hint is in the client's seconds, not in simulated ones.
  if (wait > 0) return throttled(world, wait / world.clock.scale());
  if (create && faults.hit(Fault::payment_required)) {
    return problem(402, "Insufficient credit",
                   "You have insufficient credit to run this model. Go to "
                   "https://replicate.com/account/billing#billing to purchase credit.");
  }
  return std::nullopt;
}

Response one(World& world, const std::optional<Prediction>& prediction) {
  if (!prediction) return not_found();
  return {200, prediction_json(*prediction, world.clock.now(), world.answer, world.faults)};
}

Response list(World& world, const Request& request) {
  world.stats.count("lists");
  if (world.faults.hit(Fault::no_list)) return not_found();
  std::optional<double> bounds[2];
  std::string filters;
  const char* const names[2] = {"created_after", "created_before"};
  for (int i = 0; i < 2; ++i) {
    const auto text = request.parameter(names[i]);
    if (!text) continue;
    bounds[i] = parse_iso_time(*text);
    if (!bounds[i]) return problem(400, "Bad request", std::string(names[i]) + ": not an ISO 8601 time");
    filters += std::string("&") + names[i] + "=" + percent_encode(*text);
  }
  const auto source = request.parameter("source");
  if (source && *source != "web") return problem(400, "Bad request", "source: must be web");
  std::optional<std::uint64_t> cursor;
  if (const auto text = request.parameter("cursor")) {
    try {
      cursor = std::stoull(base64_decode(*text).value_or(""));
    } catch (const std::exception&) {
      return problem(400, "Bad request", "cursor: not one of this server's");
    }
  }
  // Everything here was made through the API, so that a list of what the web made is empty.
  Predictions::Page page;
  if (!source) page = world.predictions.list(cursor, bounds[0], bounds[1], kPageSize);
  const auto link = [&](const std::optional<std::uint64_t>& at) {
    if (!at) return std::string("null");
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : std::to_string(*at)) {
      bits = (bits << 8) | static_cast<unsigned char>(c);
      for (count += 8; count >= 6; count -= 6) text += kDigits[(bits >> (count - 6)) & 63];
    }
    if (count > 0) text += kDigits[(bits << (6 - count)) & 63];
    return quoted(world.answer.base + "/predictions?cursor=" + text + filters);
  };
  std::string results;
  const double now = world.clock.now();
  for (const Prediction& p : page.predictions) {
    if (!results.empty()) results += ',';
    results += prediction_json(p, now, world.answer, world.faults);
  }
  return {200,
          "{\"previous\":" + link(page.previous) + ",\"next\":" + link(page.next) + ",\"results\":[" + results + "]}"};
}

Response wrong_method() {
  return problem(405, "Method not allowed", "This method is not allowed for this resource.");
}

Response answer_predictions(World& world, const Request& request, const Parts& rest) {
  if (rest.empty()) {
    if (request.method == "GET") return list(world, request);
    return request.method == "POST" ? create_by_version(world, request) : wrong_method();
  }
  if (rest.size() == 1) {
    if (request.method != "GET") return wrong_method();
    world.stats.count("polls");
    return one(world, world.predictions.find(rest[0]));
  }
  if (rest.size() == 2 && rest[1] == "cancel") {
    if (request.method != "POST") return wrong_method();
    world.stats.count("cancels");
    if (world.faults.hit(Fault::no_cancel)) return not_found();
    return one(world, world.predictions.cancel(rest[0]));
  }
  return not_found();
}

Response route(World& world, const Request& request, const Parts& parts) {
  const std::string& collection = parts[1];
  const Parts rest(parts.begin() + 2, parts.end());
  const bool get = request.method == "GET";
  if (collection == "predictions") return answer_predictions(world, request, rest);
  if (collection == "files") return answer_files(world, request, rest);
  if ((collection == "models" || collection == "deployments") && rest.size() == 3 && rest[2] == "predictions") {
    if (request.method != "POST") return wrong_method();
    const std::string name = rest[0] + "/" + rest[1];
    return collection == "models" ? create_by_model(world, request, name) : create_by_deployment(world, request, name);
  }
  if (collection == "models") return get ? answer_models(world, request, rest) : wrong_method();
  if (collection == "deployments") return get ? answer_deployments(world, request, rest) : wrong_method();
  if (collection == "hardware" && rest.empty()) return get ? answer_hardware() : wrong_method();
  if (collection == "account" && rest.empty()) return get ? answer_account() : wrong_method();
  return not_found();
}

}  // namespace

Response answer_api(World& world, const Request& request) {
  const Parts parts = split(request.path);
  if (parts.size() == 2 && parts[0] == "sandbox" && request.method == "GET") {
    if (parts[1] == "stats") return {200, world.stats.counters().dump(2) + "\n"};
    if (parts[1] == "requests") {
      return {200, world.stats.requests().dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
    }
  }
  if (parts.size() < 2 || parts[0] != "v1") return not_found();
  const bool slow = world.faults.hit(Fault::slow);
  Response response;
  if (auto refused = refusal(world, request, parts))
    response = *refused;
  else if (request.path.ends_with('/') && world.faults.hit(Fault::trailing_slash_404))
    response = not_found();
  else
    response = route(world, request, parts);
  if (slow) world.clock.sleep(2);  // what was asked for is done by now: the worst time to lose the answer
  return response;
}

}  // namespace sandbox
