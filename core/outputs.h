// Outputs: writes the files that a pipeline is run for, below --out, complete or not at all.
//
// Never replaces what is not pixgraph's: an input, a file it did not write, or one that was changed since. Safe from
// many threads.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "codec.h"
#include "disk.h"
#include "graph.h"
#include "index.h"

namespace pixgraph {

class OutputWriter {
 public:
  /// Whether an earlier run's list of outcomes says that it wrote these bytes to that path: asked where the index,
  /// which is only a memo, does not know the file.
  using WroteBefore = std::function<bool(const std::string& absolute_path, const std::string& hash)>;

  OutputWriter(Disk& disk, Index& index, const Codecs& codecs, std::string out_folder, bool overwrite,
               WroteBefore wrote_before = {});

  /// Files that must never be written to: the inputs of the run.
  void protect(const std::string& path);
  /// Throws Error E602 where the out folder is none and cannot be made: asked before anything is paid.
  void check_folder() const;
  /// Where the out folder is still to be made, makes one in its place and removes it: what rights allow, a file system
  /// that is full or read-only may not. Throws Error E602.
  void try_folder() const;
  /// Nothing is written below this folder, the state directory, unless --out is in it.
  void keep_out_of(const std::string& folder);
  /// The path of an output named `name` below the out folder. Throws Error E611: it would leave the folder, lie in the
  /// state directory, or is no file name.
  std::string path_of(const std::string& name);
  /// The same, claimed for that item. Throws Error E611, E612 (two items or outputs would write one file, by whatever
  /// links, or one a file where another needs a folder; names both), E613 (it is an input).
  std::string claim(const std::string& name, const std::string& owner);
  /// Claims a file that is there and stays, by its absolute path. Throws Error E612.
  void claim_kept(const std::string& absolute_path, const std::string& owner);
  /// Removes what a run that was killed left half-written. A run that is alive has none that old.
  void sweep() const;
  /// The out folder as an absolute path without links.
  std::string folder() const;
  /// The same file as an absolute path without links: what the index knows it by.
  std::string absolute(const std::string& path);
  /// Whether the file's content still is what was written there: for one that merely looks touched.
  bool is_as_written(const std::string& path, const std::string& hash) const;
  /// Whether a file is there. Throws E614 where pixgraph did not write it or it was changed since, and where what is
  /// there is no file or leaves no place for one: asked before anything is paid.
  bool check_untouched(const std::string& path);

  struct Written {
    std::string path, absolute, hash;
    bool changed = false;  // false: the same bytes were there already
  };
  /// Encodes by the extension of `path`, which claim() gave. Throws Error E32x, E614.
  Written write(const std::string& path, const Value& value, const GraphOutput& settings);

 private:
  bool is_ours(const std::string& absolute_path, const std::string& hash);
  std::string place_of(const std::string& path);
  void take(const std::string& place, const std::string& shown, const std::string& owner);
  std::string encoded(const std::string& path, const Value& value, const GraphOutput& settings) const;

  Disk& disk_;
  Index& index_;
  const Codecs& codecs_;
  const std::string out_folder_;
  const bool overwrite_;
  const WroteBefore wrote_before_;
  std::mutex mutex_;
  std::map<std::string, std::string> claimed_;        // file -> owner, by absolute paths without links
  std::map<std::string, std::string> folders_;        // that claimed files need -> the first one's owner
  std::map<std::string, std::string> claim_folders_;  // as they were when somebody first claimed a file there
  std::string kept_out_, kept_out_shown_;
  std::set<std::pair<dev_t, ino_t>> protected_;
  std::mutex canonical_mutex_;
  std::map<std::string, std::string> canonical_folders_;
};

}  // namespace pixgraph
