// Stats - figures about a picture, made to decide by: is the mask empty, is the picture all one colour, is it sharp?
#include <nlohmann/json.hpp>

#include "kernels/alpha.h"
#include "kernels/measure.h"
#include "nodes.h"

namespace pixgraph::image {

static nlohmann::json as_json(const Range01& range) {
  return {{"mean", range.mean}, {"deviation", range.deviation}, {"min", range.min}, {"max", range.max}};
}

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  const Measures found = measure(*image);
  // A hair more than asked for: 1/255 of 8 bit must be within 0.004 and 0.1 within 0.1 whatever its last bit.
  const bool uniform = found.spread <= call.number("tolerance") + 1e-9;
  nlohmann::json all = as_json(found.luma);
  all["coverage"] = found.coverage;
  all["uniform"] = uniform;
  all["sharpness"] = found.sharpness;
  all["channels"] = nlohmann::json::array();
  for (const Range01& channel : found.channels) all["channels"].push_back(as_json(channel));
  call.set("stats", std::make_shared<const nlohmann::json>(std::move(all)));
  call.set("mean", found.luma.mean);
  call.set("deviation", found.luma.deviation);
  call.set("min", found.luma.min);
  call.set("max", found.luma.max);
  call.set("coverage", found.coverage);
  call.set("uniform", uniform);
  call.set("sharpness", found.sharpness);
}

void add_stats(Registrar& registrar) {
  registrar.add(
      Spec("Stats", "Measures brightness, coverage, sharpness and whether a picture is all one colour")
          .in("image", Type::image, "a picture or a mask")
          .param("tolerance", 0.0, {0, 1}, "", "how far a channel may vary where the picture is `uniform`")
          .out("stats", Type::json, "all of it, and each colour channel's figures under `channels`")
          .out("mean", Type::number, "brightness (Rec. 709 luma, 0..1); pixels count by their alpha")
          .out("deviation", Type::number, "standard deviation of brightness")
          .out("min", Type::number, "the darkest pixel that is not transparent")
          .out("max", Type::number, "the lightest pixel that is not transparent")
          .out("coverage", Type::number, "of a mask, how much is selected; of a cutout, how much is left; 0..1")
          .out("uniform", Type::boolean,
               "true where every pixel has the same colour and alpha: black answers, empty masks")
          .out("sharpness", Type::number,
               "variance of the Laplacian of 8-bit brightness, as OpenCV's; below about 100 a "
               "photo is blurred")
          .example("stats: {type: Stats, image: \"${mask}\"}"),
      run);
}

}  // namespace pixgraph::image
