// Depth - bits per channel.
#include "kernels/alpha.h"
#include "kernels/dither.h"
#include "kernels/samples.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const ImagePtr image = straight(call.image("image"));
  const std::string& bits = call.text("bits");
  const Sample sample = bits == "8" ? Sample::u8 : bits == "16" ? Sample::u16 : Sample::f32;
  if (sample == image->sample()) return call.set("image", image);
  const bool fewer = sample < image->sample();
  call.set("image", ImagePtr(fewer && call.boolean("dither") ? convert_depth_dithered(*image, sample)
                                                             : convert_depth(*image, sample)));
}

void add_depth(Registrar& registrar) {
  registrar.add(Spec("Depth", "Changes the number of bits per channel")
                    .in("image", Type::image, "the picture")
                    .choice("bits", "8", {"8", "16", "float"},
                            "float: 32 bits, 0..1; what lies outside is cut off on the way to "
                            "8 and 16")
                    .param("dither", false,
                           "where there will be fewer bits: a fine fixed pattern instead of bands in smooth areas")
                    .out("image", Type::image, "same size; alpha, profile and metadata stay")
                    .example("eight: {type: Depth, image: \"${photo}\", bits: \"8\", dither: true}"),
                run);
}

}  // namespace pixgraph::image
