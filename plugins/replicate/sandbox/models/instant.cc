// sandbox/instant - a tiny picture at once, for load tests: what it costs is the wire, not the model.
#include "../codecs.h"
#include "../text.h"
#include "model.h"

namespace sandbox {

static std::vector<OutputFile> run(const Job& job) {
  const std::uint64_t hash = hash64(job.canonical());
  Picture picture(8, 8);
  for (std::size_t i = 0; i < picture.rgba.size(); ++i) {
    picture.rgba[i] = i % 4 == 3 ? 255 : static_cast<std::uint8_t>(mix64(hash + i));
  }
  return {{encode_png(picture, false), "png"}};
}

Model instant_model() {
  Model model;
  model.name = "sandbox/instant";
  model.version = sha256_hex("sandbox/instant");
  model.doc = "A tiny picture from a hash of its input; for load tests";
  model.seconds = 0.3;
  model.official = true;
  model.schema.output = OutputKind::file;
  model.schema.inputs = {
      Field("text", Type::text, "Any text; another text gives another picture"),
      Field("index", Type::integer, "Any number; another number gives another picture"),
      Field("seconds", Type::number, "Run time of this prediction").range(0, 3600),
  };
  model.run = run;
  return model;
}

}  // namespace sandbox
