#include "errors.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "dates.h"
#include "json_reader.h"
#include "models.h"
#include "text.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

constexpr std::size_t kReasonLength = 300;

/// The words of an HTML page: its title, else its text.
std::string words_of_html(std::string_view html) {
  const std::string small = lower(html);
  if (const auto open = small.find("<title"); open != small.npos) {
    const auto start = small.find('>', open);
    const auto end = start == small.npos ? small.npos : small.find("</title", start);
    if (end != small.npos) {
      const std::string title = one_line(html.substr(start + 1, end - start - 1));
      if (!title.empty()) return title;
    }
  }
  std::string words;
  for (std::size_t i = 0; i < html.size(); ++i) {
    if (html[i] != '<') {
      words += html[i];
      continue;
    }
    for (std::string_view hidden : {"style", "script"})
      if (std::string_view(small).substr(i + 1).starts_with(hidden))
        if (const auto end = small.find("</" + std::string(hidden), i); end != small.npos) i = end;
    i = std::min(html.find('>', i), html.size());
    words += ' ';
  }
  return one_line(words);
}

/// {"loc": ["body", "input", "prompt"], "msg": "field required"} as "input.prompt: field required".
std::string validation_message(const json& entry) {
  std::string where;
  for (const json& step : value_at(entry, "loc").is_array() ? value_at(entry, "loc") : json::array()) {
    const std::string word = step.is_string() ? step.get<std::string>() : step.dump();
    if (where.empty() && word == "body") continue;
    where += (where.empty() ? "" : ".") + word;
  }
  const std::string message = text_at(entry, "msg");
  return where.empty() || message.empty() ? where + message : where + ": " + message;
}

std::string words_of(const json& value, int depth = 0) {
  if (value.is_null() || depth > 4) return {};
  if (value.is_string()) return one_line(value.get_ref<const std::string&>());
  if (value.is_array()) {
    std::string all;
    for (const json& entry : value) {
      const std::string words = words_of(entry, depth + 1);
      if (!words.empty() && all.size() < kReasonLength) all += (all.empty() ? "" : "; ") + words;
    }
    return all;
  }
  if (!value.is_object()) return value.dump();
  if (value.contains("msg")) return one_line(validation_message(value));
  const std::string title = words_of(value_at(value, "title"), depth + 1);
  for (const char* key : {"detail", "error", "message", "error_message", "errors", "reason"}) {
    const std::string words = words_of(value_at(value, key), depth + 1);
    if (!words.empty()) return title.empty() || title == words ? words : title + ": " + words;
  }
  for (const char* key : {"code", "type"})
    if (title.empty() && value_at(value, key).is_string()) return words_of(value_at(value, key), depth + 1);
  return title;
}

/// A number of seconds with a unit after `marker`: "resets in ~30s", "in 2m". 0 where there is none.
std::chrono::milliseconds seconds_after(std::string_view text, std::string_view marker) {
  const auto at = text.find(marker);
  if (at == text.npos) return {};
  std::string_view rest = text.substr(at + marker.size());
  while (!rest.empty() && (is_blank(rest.front()) || rest.front() == '~')) rest.remove_prefix(1);
  const std::string number(rest.substr(0, 16));
  char* end = nullptr;
  double seconds = std::strtod(number.c_str(), &end);
  if (end == number.c_str() || !(seconds > 0)) return {};
  const std::string_view unit = trim(rest.substr(end - number.c_str()));
  if (unit.starts_with("ms"))
    seconds /= 1000;
  else if (unit.starts_with("m"))
    seconds *= 60;
  else if (unit.starts_with("h"))
    seconds *= 3600;
  return std::chrono::milliseconds(std::llround(std::min(seconds, 86400.0) * 1000));
}

std::string with_reason(int status, const std::string& reason) {
  return " (" + std::to_string(status) + (reason.empty() ? "" : ": " + reason) + ")";
}

/// How a model that is not official can be bought.
std::string by_version(const Asked& asked) {
  const ModelSchema* known = find_model_by_name(asked.model);
  const bool versioned = known && !known->version.empty();
  return (asked.way == Asked::Way::path
              ? "`model:` is for official models only; for others write `version: " + asked.model + "` and "
              : std::string("official models only are asked for by name alone; for others ")) +
         "let `pixgraph lock` find the version, or give it: `version: " + asked.model + ":" +
         (versioned ? known->version : "<64 hex digits>") + "`";
}

Error not_found(const std::string& tail, const Server& server, const Asked& asked) {
  // Who has not set another base is not sent after it.
  const std::string base_hint = server.official ? "" : "REPLICATE_BASE_URL is used as it stands, now " + server.base;
  const std::string also = base_hint.empty() ? "" : "; " + base_hint;
  switch (asked.way) {
    case Asked::Way::path:
      return Error("E434", server.host + " does not know `model: " + asked.model + "`" + tail,
                   by_version(asked) + also);
    case Asked::Way::name:
      return Error("E434", server.host + " does not know `version: " + asked.model + "`" + tail,
                   by_version(asked) + also);
    case Asked::Way::deployment:
      return Error("E434", server.host + " does not know " + asked.model + tail,
                   "see whether the name is right and the token belongs to its owner" + also);
    case Asked::Way::prediction: return Error("E434", server.host + " does not know the prediction" + tail, base_hint);
    case Asked::Way::file: return Error("E434", server.host + " has no /files" + tail, base_hint);
    case Asked::Way::version: break;
  }
  return Error("E434", server.host + " does not know " + asked.model + tail,
               server.official
                   ? "see whether the name is right"
                   : "see whether the name is right; a gateway offers only the models of its own list" + also);
}

Error unprocessable(const std::string& tail, const std::string& reason, const Server& server, const Asked& asked) {
  const std::string small = lower(reason);
  if (small.find("invalid version") != small.npos || small.find("not permitted") != small.npos) {
    if (asked.way == Asked::Way::name)
      return Error("E436", server.host + " refuses `version: " + asked.model + "`" + tail,
                   by_version(asked) + "; else the token may not use it, or the account has no payment method");
    return Error("E436", server.host + " refuses " + asked.model + tail,
                 "one of three: the version is wrong or was withdrawn, the token may not use it, or the account has no "
                 "payment method");
  }
  if (small.find("version disabled") != small.npos)
    return Error("E436", server.host + " refuses " + asked.model + tail,
                 "its owner has switched this version off: take a newer one");
  return Error("E437", server.host + " refuses the input of " + asked.model + tail,
               "nothing was bought; mend what it names and run again");
}

}  // namespace

std::string reason_of(const json& value) {
  return shorten(words_of(value), kReasonLength);
}

std::string reason_of(const HttpResponse& response, const Server& server) {
  std::string reason;
  if (const auto answer = read_json(response.body)) {
    reason = words_of(*answer);
  } else {
    const std::string_view text = trim(std::string_view(response.body).substr(0, 16384));
    reason = text.starts_with('<') ? words_of_html(text) : one_line(text);
    if (!is_utf8(reason)) reason.clear();
  }
  return shorten(server.without_secret(std::move(reason)), kReasonLength);
}

std::chrono::milliseconds wait_of(const HttpResponse& response) {
  std::chrono::milliseconds wait{0};
  const std::string_view header = trim(response.header("Retry-After"));
  if (!header.empty() && is_digit(header.front())) {
    wait = seconds_after(header, "");
  } else if (const auto date = read_http_date(header)) {
    // Measured on the server's own clock where it tells it.
    const auto now = read_http_date(response.header("Date")).value_or(std::chrono::system_clock::now());
    wait = std::clamp<std::chrono::milliseconds>(std::chrono::duration_cast<std::chrono::milliseconds>(*date - now),
                                                 std::chrono::milliseconds(0), std::chrono::hours(24));
  }
  if (const auto answer = read_json(response.body)) {
    const json& hint = value_at(*answer, "retry_after");
    if (hint.is_number() || hint.is_string())
      wait = std::max(wait, seconds_after(hint.is_string() ? hint.get<std::string>() : hint.dump(), ""));
  }
  return std::max(wait, seconds_after(lower(std::string_view(response.body).substr(0, 65536)), "resets in"));
}

Error refusal(const HttpResponse& response, const Server& server, const Asked& asked) {
  const std::string reason = reason_of(response, server);
  const std::string tail = with_reason(response.status, reason);
  switch (response.status) {
    case 401:
      return Error("E431", server.host + " does not accept the token in REPLICATE_API_TOKEN" + tail,
                   server.host == "api.replicate.com" ? "take a valid one from https://replicate.com/account/api-tokens"
                                                      : "see whether the token belongs to this server")
          .stopping_run();
    case 402:
      return Error("E432", server.host + " wants payment first" + tail,
                   "add credit or a payment method to the account and run again: what was bought so far is kept")
          .stopping_run();
    case 403:
      return Error("E433", server.host + " does not let this token use " + asked.model + tail,
                   "a private model needs its owner's token; a gateway offers only the models of its own list");
    case 404: return not_found(tail, server, asked);
    case 413:
      return Error("E435", "the request is too large for " + server.host + tail,
                   "give a URL instead of the file, or make the picture smaller first");
    case 422: return unprocessable(tail, reason, server, asked);
    default: return Error("E437", server.host + " refuses the request for " + asked.model + tail, "nothing was bought");
  }
}

void check_answer(const HttpResponse& response, const Server& server, const Asked& asked) {
  if (response.status >= 200 && response.status < 300) return;
  if (response.status == 429)
    throw Throttled(server.host + " asks to slow down" + with_reason(429, reason_of(response, server)),
                    wait_of(response));
  if (response.status == 401 || response.status == 402) throw refusal(response, server, asked);
  throw Error(
      "E419",
      server.host + " gave no answer about " + asked.model + with_reason(response.status, reason_of(response, server)),
      "what was bought is kept and can be asked for again");
}

}  // namespace pixgraph::replicate
