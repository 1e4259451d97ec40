#include "polling.h"

#include "answer.h"
#include "dates.h"
#include "errors.h"
#include "json_reader.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

void check_id(const std::string& id) {
  if (!is_id(id))
    throw Error("E419", "`" + reason_of(json(id)) + "` is no prediction id",
                "an id has letters, digits, `-` and `_` only");
}

/// The query of an absolute or relative link, with its question mark; empty where there is none.
std::string query_of(const std::string& link) {
  const auto mark = link.find('?');
  if (mark == link.npos) return {};
  const std::string query = link.substr(mark, link.find('#') - mark);
  for (unsigned char c : query)
    if (c <= ' ' || c >= 0x7f) return {};
  return query;
}

bool lists_nothing(int status) {
  return status >= 400 && status < 500 && status != 401 && status != 402 && status != 408 && status != 429;
}

/// Whether the list tells of an end as much as the prediction's own address does. One whose output is not there may
/// have lost it to the list only.
bool is_whole(const Snapshot& snapshot) {
  const json& answer = *snapshot.answer;
  switch (snapshot.status) {
    case RemoteStatus::succeeded: return !value_at(answer, "output").is_null() && answer.contains("logs");
    case RemoteStatus::failed: return !value_at(answer, "error").is_null() && answer.contains("logs");
    case RemoteStatus::canceled:
    case RemoteStatus::aborted: return true;
    default: return false;
  }
}

/// How long one that runs has done so.
void note_running(Snapshot& snapshot, std::optional<std::chrono::system_clock::time_point> server_time) {
  if (snapshot.status != RemoteStatus::processing || !server_time) return;
  const auto started = read_iso_date(text_at(*snapshot.answer, "started_at"));
  if (started && *started <= *server_time)
    snapshot.running = std::chrono::duration_cast<std::chrono::milliseconds>(*server_time - *started);
}

/// Adds what is not older than `since`; false where the whole page is older.
bool add_page(json& results, std::chrono::system_clock::time_point since, std::vector<Candidate>& found) {
  bool any_young = results.empty();
  for (json& entry : results) {
    const auto created = read_iso_date(text_at(entry, "created_at"));
    if (created && *created < since) continue;
    any_young = true;
    const std::string id = read_id(entry);
    if (id.empty()) continue;
    Candidate candidate{id, read_snapshot(std::move(entry), id), false};
    candidate.whole = is_whole(candidate.snapshot);
    found.push_back(std::move(candidate));
  }
  return any_young;
}

}  // namespace

Snapshot poll_prediction(const Server& server, const std::string& id, Host& host) {
  check_id(id);
  HttpRequest request = server.request("GET", "/predictions/" + id);
  request.headers.emplace_back("Cache-Control", "no-store");  // a cached "processing" would be polled for ever
  request.deadline = std::chrono::seconds(60);
  const HttpResponse response = host.http().send(request);
  if (response.status == 404 || response.status == 410) {
    Snapshot snapshot;
    snapshot.status = RemoteStatus::lost;
    snapshot.error = server.host + " does not know prediction " + id + " (any more)";
    snapshot.answer = std::make_shared<const json>(json::object());
    return snapshot;
  }
  check_answer(response, server, {"prediction " + id, Asked::Way::prediction});
  auto answer = read_json(response.body);
  if (!answer || !answer->is_object() || (!answer->contains("status") && !answer->contains("id"))) {
    const std::string reason = reason_of(response, server);
    throw Error("E419",
                server.host + " gave no answer about prediction " + id + " (" + std::to_string(response.status) +
                    (reason.empty() ? ": no prediction in it" : ": " + reason) + ")",
                "what was bought is kept and can be asked for again");
  }
  Snapshot snapshot = read_snapshot(without_secrets(std::move(*answer), server), id);
  note_running(snapshot, read_http_date(response.header("Date")));
  return snapshot;
}

std::optional<ListPage> list_predictions(const Server& server, std::chrono::system_clock::time_point since,
                                         const std::string& cursor, Host& host) {
  const std::string query = cursor.empty() ? "?created_after=" + iso_date(since) : cursor;
  HttpRequest request = server.request("GET", "/predictions" + query);
  request.headers.emplace_back("Cache-Control", "no-store");
  const HttpResponse response = host.http().send(request);
  if (lists_nothing(response.status)) return {};
  check_answer(response, server, {"the list of predictions", Asked::Way::prediction});
  auto answer = read_json(response.body);
  if (!answer || !value_at(*answer, "results").is_array()) return {};
  ListPage page;
  page.server_time = read_http_date(response.header("Date"));
  if (add_page((*answer)["results"], since, page.predictions)) page.next = query_of(text_at(*answer, "next"));
  for (Candidate& candidate : page.predictions) note_running(candidate.snapshot, page.server_time);
  return page;
}

bool cancel_prediction(const Server& server, const std::string& id, Host& host) {
  check_id(id);
  HttpRequest request = server.request("POST", "/predictions/" + id + "/cancel");
  request.deadline = std::chrono::seconds(10);
  const HttpResponse response = host.http().send(request);
  if (lists_nothing(response.status)) return false;
  check_answer(response, server, {"the end of prediction " + id, Asked::Way::prediction});
  return true;
}

}  // namespace pixgraph::replicate
