#include "submit.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "answer.h"
#include "errors.h"
#include "json_reader.h"
#include "request.h"
#include "text.h"

namespace pixgraph::replicate {
namespace {

using Kind = Submitted::Kind;

Submitted outcome(Kind kind, Error error) {
  Submitted result;
  result.kind = kind;
  result.error = std::move(error);
  return result;
}

Submitted unknown(const std::string& why) {
  return outcome(Kind::unknown,
                 Error("E417", why,
                       "the prediction may have been made and may cost money, so it is not asked for again "
                       "by itself; `pixgraph ledger` shows it"));
}

Submitted no_id(const HttpResponse& response, const Server& server, const std::string& why) {
  return unknown("no id in the answer of " + server.host + " (" + std::to_string(response.status) +
                 (why.empty() ? "" : ": " + why) + ")");
}

Asked asked_for(const Request& request) {
  Asked asked;
  asked.model = !request.model.empty()      ? request.model
                : request.lane.size() == 64 ? "version " + request.lane.substr(0, 8)
                                            : request.lane;
  asked.way = request.lane == request.version && request.lane.size() != 64 ? Asked::Way::name : Asked::Way::version;
  if (request.endpoint.starts_with("/models/")) asked.way = Asked::Way::path;
  if (request.endpoint.starts_with("/deployments/")) {
    asked.way = Asked::Way::deployment;
    asked.model = request.lane;
  }
  return asked;
}

Submitted read_success(const HttpResponse& response, const Server& server) {
  auto answer = read_json(response.body);
  if (!answer) {
    const std::string reason = reason_of(response, server);
    return no_id(response, server, reason.empty() ? "no JSON" : reason);
  }
  std::string id = read_id(*answer);
  if (id.empty()) return no_id(response, server, answer->is_object() ? server.without_secret(reason_of(*answer)) : "");
  Submitted result;
  result.kind = Kind::created;
  result.snapshot = read_snapshot(without_secrets(std::move(*answer), server), id);
  result.id = std::move(id);
  return result;
}

}  // namespace

Submitted submit_request(const Request& request, const Server& server, Host& host) {
  for (const RequestFile& file : request.files)
    if (file.reference.empty())
      return outcome(Kind::rejected,
                     Error("E407", "`" + file.name + "` was not sent to " + server.host + " before the request",
                           "nothing was bought"));

  nlohmann::json body = {{"input", with_references(request)}};  // only documented keys: others are refused
  if (!request.version.empty()) body["version"] = request.version;
  HttpRequest http = server.request("POST", request.endpoint);
  http.headers.emplace_back("Content-Type", "application/json");
  // A guard against a run that nobody polls any more. Gateways document no such header; below 5 s the server refuses
  // it.
  if (server.official && request.lifetime >= std::chrono::seconds(5))
    http.headers.emplace_back("Cancel-After",
                              std::to_string(std::chrono::ceil<std::chrono::seconds>(request.lifetime).count()) + "s");
  http.body = body.dump();
  http.deadline = std::chrono::seconds(60) + std::chrono::milliseconds(http.body.size() / 200);
  http.fresh_connection = true;

  HttpResponse response;
  try {
    response = host.http().send(http);
  } catch (const HttpError& error) {
    if (error.sent() == HttpError::Sent::no)
      return outcome(Kind::not_sent, Error(error.code(), error.message(), error.hint()));
    return unknown(error.message());
  } catch (const Error& error) {
    return unknown(error.message());
  }

  const int status = response.status;
  if (status >= 200 && status < 300) return read_success(response, server);
  const std::string reason = reason_of(response, server);
  const std::string tail = " (" + std::to_string(status) + (reason.empty() ? "" : ": " + reason) + ")";
  if (status == 429) {
    Submitted result = outcome(Kind::throttled, Error("E430", server.host + " asks to slow down" + tail));
    result.wait = wait_of(response);
    return result;
  }
  if (status == 301 || status == 307 || status == 308) {
    // Not followed: the token is for this server only, and a POST is sent once.
    const std::string target = shorten(one_line(server.without_secret(std::string(response.header("Location")))), 200);
    return outcome(Kind::rejected,
                   Error("E437",
                         server.host + " sends the request elsewhere (" + std::to_string(status) +
                             (target.empty() ? "" : ": " + target) + ")",
                         "nothing was bought; set REPLICATE_BASE_URL to where the API really is, now " + server.base));
  }
  if (status >= 400 && status < 500 && status != 408)
    return outcome(Kind::rejected, refusal(response, server, asked_for(request)));
  return unknown(server.host + " answered " + std::to_string(status) + (reason.empty() ? "" : ": " + reason));
}

}  // namespace pixgraph::replicate
