#include <cstdio>
#include <filesystem>

#include <pixgraph/error.h>

#include "commands.h"
#include "disk.h"
#include "report.h"
#include "report_page.h"
#include "run.h"

namespace pixgraph {

int command_report(const Arguments& arguments) {
  if (arguments.words.size() > 2) throw Error("E805", "pixgraph report takes a run and a file, no more");
  if (arguments.words.size() > 1 && !arguments.words[1].ends_with(".html"))
    throw Error("E805", "`" + arguments.words[1] + "` would be written over with the report",
                "name a file that ends in .html");
  if (arguments.words.size() > 1) {
    const auto there = real_disk().read(arguments.words[1]);
    if (there && !there->empty() && !is_report(*there))
      throw Error("E805", "`" + arguments.words[1] + "` is there and is no report: it is not written over",
                  "name another file, or remove it");
  }
  const std::string state = arguments.value("--state", ".pixgraph");
  const std::string id = find_run(state, arguments.words[0]);
  const std::string path = arguments.words.size() > 1
                               ? arguments.words[1]
                               : join_path(join_path(join_path(state, "runs"), id), "report.html");
  const Codecs codecs(registry_for(arguments));
  Thumbnails thumbnails(real_disk(), codecs, join_path(state, "thumbnails"));
  write_report(state, id, path, thumbnails);
  std::printf("%s\n", path.c_str());
  return kExitDone;
}

}  // namespace pixgraph
