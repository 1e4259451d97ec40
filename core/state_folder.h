// State folder: where the ledger, the store and the runs of a pipeline are. docs/manual.md, "Files on disk".
#pragma once

#include <functional>
#include <string>

#include "run.h"

namespace pixgraph {

/// The state directory of a pipeline file: made where it is missing. Throws Error E602, also where it is there and
/// cannot be written: it says what was bought, so another one in its place would buy all of that again.
std::string state_folder(const std::string& pipeline_file, const RunOptions& options);

/// The same without making it: what --state says, else .pixgraph beside the file, else (its folder cannot be written)
/// .pixgraph in --out.
std::string find_state_folder(const std::string& pipeline_file, const RunOptions& options);

/// Of a folder, or of the one that it would be made in.
using Writable = std::function<bool(const std::string& folder)>;
bool may_write(const std::string& folder);
std::string state_folder(const std::string& pipeline_file, const RunOptions& options, const Writable& writable);

}  // namespace pixgraph
