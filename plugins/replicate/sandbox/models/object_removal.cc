// sujaykhandekar/object-removal - takes named objects out of a picture. Stand-in: whatever the names, the object in the
// middle is taken to be meant; an unknown name fails with the KeyError that the real one's look-up gives.
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "../codecs.h"
#include "fill.h"
#include "model.h"
#include "segmentation.h"

namespace sandbox {

namespace {

constexpr std::array<std::string_view, 21> kNames = {
    "Background", "Aeroplane", "bicycle",      "bird",  "boat",         "bottle", "bus",
    "car",        "cat",       "chair",        "cow",   "dining table", "dog",    "horse",
    "motorbike",  "person",    "potted plant", "sheep", "sofa",         "train",  "tv/monitor"};

std::vector<OutputFile> run(const Job& job) {
  const std::string names = job.text("objects_to_remove");
  for (std::size_t at = 0; at <= names.size();) {
    const std::size_t end = std::min(names.find(',', at), names.size());
    const std::string name = names.substr(at, end - at);
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) throw ModelFailure("KeyError: '" + name + "'");
    at = end + 1;
  }
  const Picture photo = job.picture("image_path");
  // The real one works at 256; a little more keeps the picture worth looking at.
  const double scale = std::min(1.0, 512.0 / std::max(photo.width, photo.height));
  const Picture small = resize(photo, std::max(1, static_cast<int>(std::lround(photo.width * scale))),
                               std::max(1, static_cast<int>(std::lround(photo.height * scale))));
  Floats mask = resize(find_subject(small), small.width, small.height);
  // Grown a little: what is left of an object's edge would be copied into the hole.
  for (float& v : mask.data) v = v > 0.35F ? 1.0F : 0.0F;
  const Floats grown = box_blur(mask, std::max(2, small.width / 40));
  for (std::size_t i = 0; i < mask.data.size(); ++i) mask.data[i] = grown.data[i] > 0.02F ? 1.0F : 0.0F;
  const Floats filled = fill_hole(colours(small), mask, job.seed());
  const Floats soft = box_blur(mask, 1);
  Picture out = small;
  for (std::size_t i = 0; i < mask.pixels(); ++i) {
    for (std::size_t c = 0; c < 3 && mask.data[i] > 0; ++c) {
      const float own = small.rgba[i * 4 + c];
      out.rgba[i * 4 + c] = to_byte(own + soft.data[i] * (filled.data[i * 3 + c] - own));
    }
    out.rgba[i * 4 + 3] = 255;
  }
  return {{encode_png(out, false), "png"}};
}

}  // namespace

Model object_removal_model() {
  Model model;
  model.name = "sujaykhandekar/object-removal";
  model.version = "153b0087c2576ad30d8cbddb35275b387d1a6bf986bda5499948f843f6460faf";
  model.doc = "Removes objects from a picture and fills what is left";
  model.seconds = 0.4;
  model.schema.output = OutputKind::file;
  model.schema.inputs = {
      Field("image_path", Type::file, "Input image").required(),
      Field("objects_to_remove", Type::text, "Objects to remove, separated by commas without spaces")
          .by_default(std::string("person,car")),
  };
  model.run = run;
  return model;
}

}  // namespace sandbox
