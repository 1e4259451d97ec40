#include "schemas.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/memory_disk.h"

namespace pixgraph {
namespace {

using nlohmann::json;
using test::MemoryDisk;

const ModelName kFlux = {"https://gw.example:8000/replicate/v1", "maker/flux", "maker/flux"};

ModelDescription said(int number) {
  return {"beef", false, std::make_shared<const json>(json{{"x", number}})};
}

TEST(Schemas, KeptByServerAndModel) {
  MemoryDisk disk;
  Schemas schemas(disk, "state/schemas");
  EXPECT_EQ(schemas.find(kFlux), nullptr);
  schemas.keep(kFlux, said(1));
  EXPECT_EQ(schemas.path_of(kFlux), "state/schemas/gw.example~8000~replicate~v1/maker~flux.json");
  EXPECT_EQ(schemas.find(kFlux)->dump(), R"({"x":1})");
  schemas.keep(kFlux, said(2));
  EXPECT_EQ(schemas.find(kFlux)->dump(), R"({"x":2})");
  // What another server says of the same model is its own business.
  EXPECT_EQ(schemas.find({"https://other.example/v1", "maker/flux", "maker/flux"}), nullptr);
  EXPECT_EQ(schemas.find({"https://gw.example:8000/replicate/v1", "maker~flux", ""}), nullptr);
  EXPECT_EQ(schemas.find({"", "maker/flux", ""}), nullptr);
  schemas.keep({"https://other.example/v1", "maker/flux", "maker/flux"}, said(3));
  std::string all;
  for (const Schemas::Kept& kept : schemas.all())
    all += kept.model.server + " " + kept.model.name + " " + kept.version + " " + kept.schema->dump() + "\n";
  EXPECT_EQ(all,
            "https://gw.example:8000/replicate/v1 maker/flux beef {\"x\":2}\n"
            "https://other.example/v1 maker/flux beef {\"x\":3}\n");
}

TEST(Schemas, ADamagedOneIsNotThere) {
  MemoryDisk disk;
  Schemas schemas(disk, "state/schemas");
  schemas.keep(kFlux, said(1));
  const std::string whole = disk.read(schemas.path_of(kFlux)).value();
  for (std::size_t length = 0; length + 2 < whole.size(); length += 7) {
    disk.write(schemas.path_of(kFlux), whole.substr(0, length));
    EXPECT_EQ(schemas.find(kFlux), nullptr) << length;
  }
  std::string changed = whole;
  changed.replace(changed.find("\"x\": 1"), 6, "\"x\": 7");
  disk.write(schemas.path_of(kFlux), changed);
  EXPECT_EQ(schemas.find(kFlux), nullptr);
  schemas.keep(kFlux, said(1));
  EXPECT_NE(schemas.find(kFlux), nullptr);
}

}  // namespace
}  // namespace pixgraph
