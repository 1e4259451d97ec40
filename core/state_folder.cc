#include "state_folder.h"

#include <unistd.h>

#include <pixgraph/error.h>

#include "disk.h"

namespace pixgraph {

bool may_write(const std::string& folder) {
  return ::access(folder.c_str(), W_OK) == 0;
}

static std::string find_state_folder(const std::string& pipeline_file, const RunOptions& options,
                                     const Writable& writable) {
  if (!options.state.empty()) return options.state;
  const std::string beside = join_path(folder_of(pipeline_file), ".pixgraph");
  const bool usable = real_disk().exists(beside) || writable(folder_of(pipeline_file));
  return usable ? beside : join_path(options.out, ".pixgraph");
}

std::string find_state_folder(const std::string& pipeline_file, const RunOptions& options) {
  return find_state_folder(pipeline_file, options, may_write);
}

std::string state_folder(const std::string& pipeline_file, const RunOptions& options, const Writable& writable) {
  const std::string folder = find_state_folder(pipeline_file, options, writable);
  if (real_disk().exists(folder) && !writable(folder))
    throw Error("E602", "`" + folder + "`, which says what was bought, cannot be written",
                "make it writable, or name another state directory with --state DIR: it knows nothing of what was "
                "bought, and would buy it again")
        .stopping_run();
  make_folders(real_disk(), folder);
  return folder;
}

std::string state_folder(const std::string& pipeline_file, const RunOptions& options) {
  return state_folder(pipeline_file, options, may_write);
}

}  // namespace pixgraph
