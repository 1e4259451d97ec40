#include "answer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dates.h"
#include "errors.h"
#include "json_reader.h"
#include "text.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;

constexpr std::size_t kLogsKept = 64 * 1024;

/// False only where the server says when it ended, and neither that nor how long it ran.
bool has_run(const json& answer) {
  return text_at(answer, "completed_at").empty() || !text_at(answer, "started_at").empty() ||
         value_at(value_at(answer, "metrics"), "predict_time").is_number();
}

RemoteStatus read_status(const json& answer) {
  const std::string status = text_at(answer, "status");
  if (status == "starting") return RemoteStatus::starting;
  if (status == "failed") return RemoteStatus::failed;
  if (status == "canceled") return has_run(answer) ? RemoteStatus::canceled : RemoteStatus::aborted;
  if (status == "aborted") return RemoteStatus::aborted;
  if (status != "succeeded") return RemoteStatus::processing;
  // Answers lose their output after an hour; that is not a result without an output.
  const json& removed = value_at(answer, "data_removed");
  return removed.is_boolean() && removed.get<bool>() ? RemoteStatus::expired : RemoteStatus::succeeded;
}

/// Codes that the server puts at the head of `error`, in words.
std::string_view meaning_of(std::string_view error) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kMeanings = {{
      {"E1000", "the server does not know why"},
      {"E1001", "the model ran out of memory: a smaller picture may help"},
      {"E4875", "a webhook without an address"},
      {"E6716", "the model did not start in time"},
      {"E8367", "the model stopped in the middle"},
      {"E8765", "the machine was not healthy"},
      {"E9243", "the model could not be started"},
      {"E9825", "the output could not be stored"},
  }};
  for (const auto& [code, meaning] : kMeanings)
    if (error.find(code) != error.npos) return meaning;
  return {};
}

std::string sentence(RemoteStatus status, const json& answer, const std::string& id) {
  const std::string subject = "prediction " + id;
  const std::string reason = reason_of(value_at(answer, "error"));
  std::string text;
  switch (status) {
    case RemoteStatus::failed: {
      text = subject + " failed: " + (reason.empty() ? "the server gives no reason" : reason);
      if (const auto meaning = meaning_of(reason); !meaning.empty()) text += " (" + std::string(meaning) + ")";
      break;
    }
    case RemoteStatus::canceled: text = subject + " was canceled" + (reason.empty() ? "" : ": " + reason); break;
    case RemoteStatus::aborted:
      return subject + " was aborted before it ran, and costs nothing" + (reason.empty() ? "" : ": " + reason);
    case RemoteStatus::expired:
      return subject + " succeeded, but the server has removed its output: links live one hour";
    default: return {};
  }
  const std::string lines = last_lines(text_at(answer, "logs"), 3);
  // A log often ends with what the error says already.
  const bool said = reason.size() >= 8 && lines.find(reason) != lines.npos;
  return lines.empty() || said ? text : text + "; its log ends with: " + lines;
}

void collect(const json& value, std::vector<std::string>& files) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (is_link(text)) files.push_back(text);
  } else if (value.is_structured()) {
    for (const json& inner : value) collect(inner, files);
  }
}

bool is_progress_bar(std::string_view line) {
  return line.find("%|") != line.npos || line.find("it/s") != line.npos;
}

std::string_view skip_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

/// Takes digits off the front; nullopt where there are none or too many.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  std::size_t length = 0;
  for (; length < text.size() && is_digit(text[length]); ++length) {
    if (length == 18) return {};
    value = value * 10 + (text[length] - '0');
  }
  text.remove_prefix(length);
  return length ? std::optional(value) : std::nullopt;
}

/// What it is billed by.
void read_metrics(const json& metrics, Snapshot& snapshot) {
  const json& seconds = value_at(metrics, "predict_time");
  if (seconds.is_number() && seconds.get<double>() >= 0 && seconds.get<double>() < 1e9)
    snapshot.ran = std::chrono::nanoseconds(std::llround(seconds.get<double>() * 1e9));
  const json& images = value_at(metrics, "image_count");
  if (images.is_number_integer() && images.get<std::int64_t>() >= 0 && images.get<std::int64_t>() < 1'000'000)
    snapshot.images = static_cast<int>(images.get<std::int64_t>());
  else if (snapshot.status == RemoteStatus::succeeded)
    snapshot.images = static_cast<int>(snapshot.urls.size());
}

}  // namespace

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return is_digit(c) || is_letter(c) || c == '-' || c == '_';
  });
}

std::string read_id(const json& answer) {
  const json& id = value_at(answer, "id");
  const std::string text = id.is_string() ? id.get<std::string>() : id.is_number_unsigned() ? id.dump() : std::string();
  return is_id(text) ? text : std::string();
}

bool is_link(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; })) return false;
  const std::string head = lower(text.substr(0, 8));
  if (head.starts_with("data:")) return text.substr(0, 256).find(',') != text.npos;
  for (std::string_view scheme : {"http://", "https://"})
    if (head.starts_with(scheme)) return text.size() > scheme.size() && text[scheme.size()] != '/';
  return false;
}

std::vector<std::string> files_in(const json& output) {
  std::vector<std::string> files;
  collect(output, files);
  return files;
}

json without_secrets(json answer, const Server& server) {
  const auto clean = [&server](auto& self, json& value) -> void {
    if (value.is_structured())
      for (json& inner : value) self(self, inner);
    else if (value.is_string())
      value = server.without_secret(value.get<std::string>());
  };
  for (const char* words : {"error", "logs"})
    if (answer.is_object() && answer.contains(words)) clean(clean, answer[words]);
  return answer;
}

Snapshot read_snapshot(json answer, const std::string& id) {
  Snapshot snapshot;
  snapshot.status = read_status(answer);
  snapshot.urls = files_in(value_at(answer, "output"));
  const std::string logs = text_at(answer, "logs");
  snapshot.progress = snapshot.status == RemoteStatus::succeeded ? 1.0 : progress_in(logs);
  const auto created = read_iso_date(text_at(answer, "created_at")),
             ended = read_iso_date(text_at(answer, "completed_at"));
  if (created && ended && *ended >= *created)
    snapshot.took = std::chrono::duration_cast<std::chrono::milliseconds>(*ended - *created);
  read_metrics(value_at(answer, "metrics"), snapshot);
  snapshot.error = sentence(snapshot.status, answer, id);
  if (logs.size() > kLogsKept) answer["logs"] = shortened_logs(logs);
  snapshot.answer = std::make_shared<const json>(std::move(answer));
  return snapshot;
}

std::optional<double> progress_in(std::string_view logs) {
  // `(\d+)%\|[^|]*\|\s*(\d+)/(\d+)`, from the end; by hand, since std::regex recurses once per character.
  for (auto bar = logs.rfind('|'); bar != logs.npos && bar > 0; bar = logs.rfind('|', bar - 1)) {
    std::string_view rest = skip_blanks(logs.substr(bar + 1));
    const auto done = take_number(rest);
    rest = skip_blanks(rest);
    if (!done || rest.empty() || rest.front() != '/') continue;
    rest = skip_blanks(rest.substr(1));
    const auto all = take_number(rest);
    const auto open = logs.rfind('|', bar - 1);
    if (!all || open == logs.npos) continue;
    std::string_view before = logs.substr(0, open);
    while (!before.empty() && is_blank(before.back())) before.remove_suffix(1);
    if (before.empty() || before.back() != '%') continue;
    if (*all > 0) return std::clamp(static_cast<double>(*done) / static_cast<double>(*all), 0.0, 1.0);
  }
  return {};
}

std::optional<std::int64_t> seed_in(std::string_view logs) {
  static constexpr std::string_view kMark = "Using seed:";
  const auto at = logs.rfind(kMark);
  if (at == logs.npos) return {};
  std::string_view rest = skip_blanks(logs.substr(at + kMark.size()));
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const auto seed = take_number(rest);
  return seed && negative ? std::optional(-*seed) : seed;
}

std::string last_lines(std::string_view logs, int count) {
  std::vector<std::string> lines;
  while (!logs.empty() && static_cast<int>(lines.size()) < count) {
    const auto end = logs.find_last_of("\r\n");
    const std::string_view line = end == logs.npos ? logs : logs.substr(end + 1);
    logs = end == logs.npos ? std::string_view() : logs.substr(0, end);
    std::string clean = one_line(line);
    if (!clean.empty() && !is_progress_bar(clean)) lines.push_back(shorten(clean, 200));
  }
  std::string joined;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) joined += (joined.empty() ? "" : " | ") + *line;
  return joined;
}

std::string shortened_logs(std::string_view logs) {
  if (logs.size() <= kLogsKept) return std::string(logs);
  static constexpr std::size_t kHead = 8 * 1024, kNote = 64;
  std::size_t head = kHead, tail = logs.size() - (kLogsKept - kHead - kNote);
  while (head > 0 && (static_cast<unsigned char>(logs[head]) & 0xC0) == 0x80) --head;
  while (tail < logs.size() && (static_cast<unsigned char>(logs[tail]) & 0xC0) == 0x80) ++tail;
  return std::string(logs.substr(0, head)) + "\n[" + std::to_string(tail - head) + " bytes of the log are left out]\n" +
         std::string(logs.substr(tail));
}

}  // namespace pixgraph::replicate
