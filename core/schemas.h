// Schemas: what servers have said of models, kept under <state>/schemas/<server>/<model>.json so that they are asked
// once. Only knowledge: a file that is damaged or gone is asked for again.
//
// Safe from many threads and processes: a file is complete or absent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pixgraph/remote.h>

#include "disk.h"

namespace pixgraph {

class Schemas {
 public:
  Schemas(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}

  /// null where nothing is kept.
  JsonPtr find(const ModelName& model) const;
  /// All that is kept, of whichever server.
  struct Kept {
    std::string version;
    ModelName model;
    JsonPtr schema;
  };
  std::vector<Kept> all() const;
  /// REQUIRES: description.schema. Throws Error E602.
  void keep(const ModelName& model, const ModelDescription& description);
  std::string path_of(const ModelName& model) const;

 private:
  Disk& disk_;
  std::string folder_;
};

}  // namespace pixgraph
