// pixgraph gc: makes room in a state directory.
#include <charconv>
#include <cstdio>

#include <pixgraph/error.h>

#include "commands.h"
#include "disk.h"
#include "gc.h"

namespace pixgraph {

/// "30d", "12h".
static std::chrono::hours time_to_keep(const std::string& text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (failure != std::errc() || number < 0 || number > 100'000 || (unit != "d" && unit != "h"))
    throw Error("E804", "`--keep " + text + "` is not a time", "write it as 30d or 12h");
  return std::chrono::hours(unit == "d" ? number * 24 : number);
}

int command_gc(const Arguments& arguments) {
  if (!arguments.words.empty())
    throw Error("E805", "pixgraph gc takes no words: name the state directory with --state DIR");
  if (!arguments.has("--dry-run") && !arguments.has("--keep"))
    throw Error("E805", "pixgraph gc needs to know what to keep",
                "pixgraph gc --keep 30d, or look first: pixgraph gc --dry-run");
  GcOptions options;
  options.dry_run = arguments.has("--dry-run");
  options.paid = arguments.has("--paid");
  if (arguments.has("--keep")) options.keep = time_to_keep(arguments.value("--keep"));
  const std::string state = arguments.value("--state", ".pixgraph");
  if (!real_disk().exists(state))
    throw Error("E517", "there is no state directory `" + state + "`",
                "name it with --state DIR; pixgraph run prints it");
  std::fputs(render_gc(collect(state, options), options).c_str(), stdout);
  return kExitDone;
}

}  // namespace pixgraph
