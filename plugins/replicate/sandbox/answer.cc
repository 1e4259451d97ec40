#include "answer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace sandbox {

namespace {

double progress_of(const Prediction& p, double now) {
  if (p.status == Status::succeeded) return 1;
  const double at = is_terminal(p.status) ? p.ended : now;
  if (at <= p.starts) return 0;
  return p.finishes > p.starts ? std::clamp((at - p.starts) / (p.finishes - p.starts), 0.0, 1.0) : 1;
}

// As tqdm prints it: " 75%|███████▌  | 3/4 [00:00<00:00, 15.38it/s]"
std::string bar(int done, int total, double seconds) {
  const double share = static_cast<double>(done) / total;
  std::string blocks;
  for (int i = 0; i < 10; ++i) blocks += share * 10 >= i + 1 ? "\u2588" : share * 10 > i ? "\u258c" : " ";
  std::array<char, 200> line{};
  const int spent = static_cast<int>(seconds * share);
  const int left = static_cast<int>(seconds * (1 - share));
  if (done == 0) {
    std::snprintf(line.data(), line.size(), "  0%%|          | 0/%d [00:00<?, ?it/s]\n", total);
  } else {
    std::snprintf(line.data(), line.size(), "%3d%%|%s| %d/%d [%02d:%02d<%02d:%02d, %5.2fit/s]\n",
                  static_cast<int>(share * 100), blocks.c_str(), done, total, spent / 60, spent % 60, left / 60,
                  left % 60, total / std::max(seconds, 0.001));
  }
  return line.data();
}

std::string number(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.9g", value);
  return text.data();
}

std::string output_json(const Prediction& p, double now, bool whole) {
  const bool over = p.status == Status::succeeded || whole;
  if (p.data_removed || p.output_null || p.outputs.empty()) return "null";
  if (!over && !(p.grows && p.list_output && p.status == Status::processing)) return "null";
  std::size_t shown = p.outputs.size();
  // The last one comes only with the end, so that a reader who stops early has too few.
  if (!over) shown = std::min(shown - 1, static_cast<std::size_t>(progress_of(p, now) * static_cast<double>(shown)));
  if (!p.list_output) return quoted(p.outputs.front());
  std::string list;
  for (std::size_t i = 0; i < shown; ++i) list += (i == 0 ? "" : ",") + quoted(p.outputs[i]);
  return "[" + list + "]";
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string out;
  out.reserve(text.size() + 16);
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", c);
      out += escape.data();
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

std::string logs_of(const Prediction& p, double now) {
  const double at = is_terminal(p.status) ? p.ended : now;
  if (p.data_removed || p.status == Status::aborted || at < p.starts) return "";
  std::string logs = "Using seed: " + std::to_string(p.seed) + "\npixgraph sandbox: stand-in for " + p.stand_in +
                     ", not the real model\n";
  const double seconds = p.finishes - p.starts;
  const int done = static_cast<int>(std::floor(progress_of(p, now) * p.steps + 1e-9));
  const int stride = std::max(1, (p.steps + 3) / 4);
  for (int step = 0; step <= done; step += stride) logs += bar(std::min(step, p.steps), p.steps, seconds);
  if (done == p.steps && p.steps % stride != 0) logs += bar(p.steps, p.steps, seconds);
  if (p.status == Status::failed) logs += p.failure + "\n";
  return logs;
}

std::string prediction_json(const Prediction& p, double now, const AnswerSettings& settings, Faults& faults,
                            bool pretend_processing) {
  const bool pretend = pretend_processing && p.status == Status::succeeded;
  const bool over = is_terminal(p.status) && !pretend;
  const int digits = faults.enabled(Fault::nanoseconds) && faults.hit(Fault::nanoseconds) ? 9 : 6;
  const bool elsewhere = faults.enabled(Fault::gateway_urls) && faults.hit(Fault::gateway_urls);
  const std::string url = (elsewhere ? settings.gateway : settings.base) + "/predictions/" + p.id;
  const bool ran = p.status != Status::starting && p.status != Status::aborted && !(over && p.ended < p.starts);

  std::string out = "{\"id\":" + quoted(p.id);
  if (faults.enabled(Fault::duplicate_keys) && faults.hit(Fault::duplicate_keys))
    out += ",\"model\":\"sandbox/duplicate\"";
  out += ",\"model\":" + quoted(p.model) + ",\"version\":" + quoted(p.version);
  if (!p.deployment.empty()) out += ",\"deployment\":" + quoted(p.deployment);
  out += ",\"input\":" + (p.data_removed ? "{}" : p.input_json);
  out += ",\"logs\":" + quoted(logs_of(p, now));
  out += ",\"output\":" + output_json(p, now, pretend);
  out += std::string(",\"data_removed\":") + (p.data_removed ? "true" : "false");
  out += ",\"error\":" + (p.status == Status::failed ? quoted(p.failure) : "null");
  out += std::string(",\"source\":\"api\",\"status\":\"") + (pretend ? "processing" : status_name(p.status)) + "\"";
  out += ",\"created_at\":\"" + iso_time(p.created, 3) + "\"";
  if (ran) out += ",\"started_at\":\"" + iso_time(p.starts, digits) + "\"";
  if (over) out += ",\"completed_at\":\"" + iso_time(p.ended, digits) + "\"";
  if (p.deadline) out += ",\"deadline\":\"" + iso_time(*p.deadline, 3) + "\"";
  out += ",\"urls\":{\"cancel\":" + quoted(url + "/cancel") + ",\"get\":" + quoted(url) +
         ",\"stream\":" + quoted(settings.gateway + "/stream/" + p.id) +
         ",\"web\":" + quoted("https://replicate.com/p/" + p.id) + "}";
  if (over) {
    out += ",\"metrics\":{";
    if (p.counts_images && p.status == Status::succeeded)
      out += "\"image_count\":" + std::to_string(std::max<std::size_t>(1, p.outputs.size())) + ",";
    if (ran) out += "\"predict_time\":" + number(p.ended - p.starts) + ",";
    out += "\"total_time\":" + number(p.ended - p.created) + "}";
  }
  return out + "}";
}

}  // namespace sandbox
