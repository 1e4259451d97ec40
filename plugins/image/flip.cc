// Flip - mirrors a picture. Every bit is kept.
#include "codecs/orientation.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  const std::string& direction = call.text("direction");
  // By their numbers in EXIF.
  const int orientation = direction == "horizontal" ? 2 : direction == "vertical" ? 4 : 3;
  call.set("image", turned(*call.image("image"), orientation));
}

void add_flip(Registrar& registrar) {
  registrar.add(Spec("Flip", "Mirrors a picture")
                    .in("image", Type::image, "the picture")
                    .choice("direction", "horizontal", {"horizontal", "vertical", "both"},
                            "horizontal: left becomes right; vertical: up becomes down")
                    .out("image", Type::image, "same size")
                    .example("mirrored: {type: Flip, image: \"${photo}\"}"),
                run);
}

}  // namespace pixgraph::image
