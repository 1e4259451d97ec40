// cjwbw/rembg - cuts the subject out of a photo. Stand-in: border statistics instead of a network.
#include <algorithm>

#include "../codecs.h"
#include "matting.h"
#include "model.h"
#include "segmentation.h"

namespace sandbox {

static std::vector<OutputFile> run(const Job& job) {
  const Picture photo = job.picture("image");
  Picture cut = cut_out(photo, find_subject(photo));
  // What the photo does not show is no subject: a picture that is cut out already stays so.
  for (std::size_t i = 0; i < cut.rgba.size(); i += 4) {
    cut.rgba[i + 3] = static_cast<std::uint8_t>((cut.rgba[i + 3] * photo.rgba[i + 3] + 127) / 255);
    if (cut.rgba[i + 3] == 0) std::fill_n(cut.rgba.begin() + static_cast<std::ptrdiff_t>(i), 3, std::uint8_t{0});
  }
  return {{encode_png(cut, true), "png"}};
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
