// nightmareai/real-esrgan - enlarges a picture. Stand-in: interpolation, then the edges made steeper.
#include <algorithm>
#include <cmath>

#include "../codecs.h"
#include "model.h"

namespace sandbox {

namespace {

std::vector<OutputFile> run(const Job& job) {
  const Picture small = job.picture("image");
  const double scale = job.number("scale");
  const auto side = [scale](int size) { return std::max(1, static_cast<int>(std::lround(size * scale))); };
  const int width = side(small.width), height = side(small.height);
  // The real one runs out of memory past some two megapixels of input.
  if (static_cast<double>(small.width) * small.height > 2'096'704)
    throw ModelFailure("The input has " + std::to_string(small.width) + "x" + std::to_string(small.height) +
                       " pixels, which is more than fit into the memory: at most 2096704");
  Floats large = resize(colours(small), width, height);
  const Floats soft = box_blur(large, std::max(1, static_cast<int>(std::lround(scale / 2))));
  for (std::size_t i = 0; i < large.data.size(); ++i) large.data[i] += 0.6F * (large.data[i] - soft.data[i]);
  return {{encode_png(to_picture(large), false), "png"}};
}

}  // namespace

Model real_esrgan_model() {
  Model model;
  model.name = "nightmareai/real-esrgan";
  model.version = "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa";
  model.doc = "Enlarges a picture";
  model.seconds = 0.3;
  model.schema.output = OutputKind::file;
  model.schema.inputs = {
      Field("image", Type::file, "Input image").required(),
      Field("scale", Type::number, "Factor to scale image by").range(0, 10).by_default(4.0),
      Field("face_enhance", Type::boolean, "Run GFPGAN face enhancement along with upscaling").by_default(false),
  };
  model.run = run;
  return model;
}

}  // namespace sandbox
