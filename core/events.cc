#include "events.h"

#include <cmath>
#include <cstdio>
#include <cstring>

#include <pixgraph/error.h>

#include "redact.h"

namespace pixgraph {

using nlohmann::json;

static void redact_all(json& value, const Redactor& redactor) {
  if (value.is_structured()) {
    for (json& inner : value) redact_all(inner, redactor);
  } else if (value.is_string()) {
    value = redactor.clean(value.get<std::string>());
  }
}

void Events::emit(json event) {
  redact_all(event, redactor_);
  std::lock_guard lock(mutex_);  // before the time is taken: it never goes back in a file
  const double t = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  event["t"] = std::round(t * 1000) / 1000;
  for (const Sink& sink : sinks_) sink(event);
}

Events::Sink event_file(const std::string& path) {
  std::shared_ptr<std::FILE> file(path == "-" ? stdout : std::fopen(path.c_str(), "ae"), [](std::FILE* f) {
    if (f && f != stdout) std::fclose(f);
  });
  if (!file) throw Error("E602", "`" + path + "` cannot be written: " + std::strerror(errno));
  const auto write = [file](const json& event) {
    const std::string line = event.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    std::fwrite(line.data(), 1, line.size(), file.get());
    std::fflush(file.get());
  };
  write({{"type", "version"}, {"pixgraph", PIXGRAPH_VERSION}, {"events", "1.0"}});
  return write;
}

}  // namespace pixgraph
