// cjwbw/rembg - cuts the subject out of a photo. Stand-in: border statistics instead of a network.
#include "../codecs.h"
#include "matting.h"
#include "model.h"
#include "segmentation.h"

namespace sandbox {

static std::vector<OutputFile> run(const Job& job) {
  const Picture photo = job.picture("image");
  return {{encode_png(cut_out(photo, find_subject(photo)), true), "png"}};
}

Model rembg_model() {
  Model model;
  model.name = "cjwbw/rembg";
  model.version = "fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003";
  model.doc = "Removes the background of a photo";
  model.seconds = 0.3;
  model.schema.output = OutputKind::file;
  // Not required, as in the real one, whose run fails without it.
  model.schema.inputs = {Field("image", Type::file, "Input image")};
  model.run = run;
  return model;
}

}  // namespace sandbox
