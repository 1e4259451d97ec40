// Report: one page that says what became of a run, made from its record (run_record.h). It needs no network, and no
// script to be read.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "thumbnails.h"

namespace pixgraph {

struct ReportOptions {
  /// How long thumbnails may be made that the run did not make.
  std::chrono::milliseconds thumbnail_time = std::chrono::hours(24);
  /// Where they are more than that, they stand in a folder beside the page instead of in it.
  std::uint64_t most_inside = 32 << 20;
};

/// Writes the report of the run `id` of this state directory to `path`, complete or not at all; what is too large for
/// the page goes to a folder beside it, of its name with ".files". Throws Error E601 where there is no such run, E602.
void write_report(const std::string& state, const std::string& id, const std::string& path, Thumbnails& thumbnails,
                  const ReportOptions& options = {});

/// The folder beside the page where the pictures of a large report are.
std::string pictures_beside(const std::string& path);

/// The id of the run that `name` means: an id, the beginning of one, or "last". Throws Error E806.
std::string find_run(const std::string& state, const std::string& name);

}  // namespace pixgraph
