// Outputs: writes the files that a pipeline is run for, below --out, complete or not at all.
//
// Never replaces what is not pixgraph's: an input, a file it did not write, or one that was changed since. Safe from many
// threads.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "codec.h"
#include "disk.h"
#include "graph.h"
#include "index.h"

namespace pixgraph {

class OutputWriter {
 public:
  OutputWriter(Disk& disk, Index& index, const Codecs& codecs, std::string out_folder, bool overwrite);

  /// Files that must never be written to: the inputs of the run.
  void protect(const std::string& path);
  /// The path of an output named `name` below the out folder, claimed for that item. Throws Error E611 (it would leave the
  /// folder or is no file name), E612 (two items or outputs would write one file; names both), E613 (it is an input).
  std::string claim(const std::string& name, const std::string& owner);
  /// Throws E614 where the file was written by pixgraph and has been changed since: asked before anything is paid.
  void check_untouched(const std::string& path);

  struct Written {
    std::string path, hash;
    bool changed = false;  // false: the same bytes were there already
  };
  /// Encodes by the extension of `path`, which claim() gave. Throws Error E32x, E614.
  Written write(const std::string& path, const Value& value, const GraphOutput& settings);

 private:
  std::string encoded(const std::string& path, const Value& value, const GraphOutput& settings) const;

  Disk& disk_;
  Index& index_;
  const Codecs& codecs_;
  const std::string out_folder_;
  const bool overwrite_;
  std::mutex mutex_;
  std::map<std::string, std::string> claimed_;  // path -> owner
  std::set<std::string> protected_;
};

}  // namespace pixgraph
