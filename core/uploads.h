// Uploads: what earlier runs have uploaded to a server, so that the same file does not go up again on the same day.
//
// Only memory that saves work: the plugin's stage() sees whether an upload is still there. Safe from many threads.
#pragma once

#include <string>

#include <pixgraph/remote.h>

#include "index.h"

namespace pixgraph {

class Uploads {
 public:
  explicit Uploads(Index* index) : index_(index) {}  // null: nothing is remembered

  /// Before stage(): gives the files that are known to be there their upload.
  void recall(Request& request) const;
  /// After stage().
  void remember(const Request& request) const;

 private:
  Index* index_;
};

}  // namespace pixgraph
