// `retry:` of a node: how often and when what failed is tried again.
#include <algorithm>

#include "binding.h"
#include "unicode.h"

namespace pixgraph {

namespace {

constexpr std::int64_t kMostAttempts = 100;

void read_attempts(Binding& binding, const DocumentValue& value, Retry& retry) {
  const auto read = read_scalar(value, Type::integer);
  if (!read.ok())
    binding.misread(value, "attempts", "an integer", read.why, read.help);
  else if (*read.value.integer() < 1 || *read.value.integer() > kMostAttempts)
    binding.diagnostics.error("E025", value.place,
                              "`attempts` takes 1 to 100, and " + printable(value.text) + " is " +
                                  (*read.value.integer() < 1 ? "less" : "more"),
                              "it is the number of tries in all: 2 is one more after the first");
  else
    retry.attempts = static_cast<int>(*read.value.integer());
}

bool is_code(std::string_view text) {
  return text.size() >= 4 && text.size() <= 6 && text[0] == 'E' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void read_code(Binding& binding, const DocumentValue& value, Retry& retry) {
  if (value.kind == DocumentValue::Kind::scalar && is_code(value.text))
    retry.on.push_back(value.text);
  else
    binding.misread(value, "on", "codes of errors", described(value),
                    "a model's as in `on: [E6716, E8765]`, or ours as in `on: [E202]`");
}

void read_codes(Binding& binding, const DocumentValue& value, Retry& retry) {
  if (value.kind != DocumentValue::Kind::list) return read_code(binding, value, retry);
  if (value.items.empty())
    binding.misread(value, "on", "codes of errors", "there is none in it", "leave it out for what is usually passing");
  for (const DocumentValue& item : value.items) read_code(binding, item, retry);
}

void read_wait(Binding& binding, const DocumentEntry& field, std::chrono::milliseconds& into) {
  const auto read = read_duration(field.value);
  if (!read.ok())
    binding.misread(field.value, field.key, "a duration", read.why, read.help);
  else
    into = read.value;
}

}  // namespace

void bind_retry(Binding& binding, GraphNode& node, const DocumentEntry& entry) {
  if (!binding.expect_map(entry.value, "`retry`", "write `retry: {attempts: 3}`")) return;
  static const std::vector<std::string> kKeys = {"attempts", "on", "backoff", "cap", "jitter"};
  if (!entry.value.find("attempts"))
    binding.diagnostics.error("E013", entry.place, "`retry` has no `attempts`",
                              "it is the number of tries in all: `retry: {attempts: 2}`");
  for (const DocumentEntry& field : entry.value.entries) {
    if (field.key == "attempts") {
      read_attempts(binding, field.value, node.retry);
    } else if (field.key == "on") {
      read_codes(binding, field.value, node.retry);
    } else if (field.key == "backoff") {
      read_wait(binding, field, node.retry.backoff);
    } else if (field.key == "cap") {
      read_wait(binding, field, node.retry.cap);
    } else if (field.key == "jitter") {
      const auto read = read_scalar(field.value, Type::boolean);
      if (read.ok())
        node.retry.jitter = *read.value.boolean();
      else
        binding.misread(field.value, "jitter", "true or false", read.why, read.help);
    } else {
      binding.unknown_key(field, "in `retry`", kKeys, entry.place);
    }
  }
}

}  // namespace pixgraph
