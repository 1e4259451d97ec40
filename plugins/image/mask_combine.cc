// MaskCombine - makes one mask of two.
#include <algorithm>

#include "alike.h"
#include "kernels/mask_values.h"
#include "nodes.h"

namespace pixgraph::image {

static void run(Call& call) {
  refuse_mask_of_another_size(*call.mask("b"), *call.mask("a"), "MaskCombine", "b", "a");
  const Sample sample = std::max(call.mask("a")->sample(), call.mask("b")->sample());
  const std::string& how = call.text("mode");
  call.set("mask", combine(*in_depth(call.mask("a"), sample), *in_depth(call.mask("b"), sample),
                           how == "union"       ? Combination::unite
                           : how == "intersect" ? Combination::intersect
                                                : Combination::subtract));
}

void add_mask_combine(Registrar& registrar) {
  registrar.add(Spec("MaskCombine", "Makes one mask of two")
                    .in("a", Type::mask, "a mask")
                    .in("b", Type::mask, "another of the same size")
                    .choice("mode", "union", {"union", "intersect", "subtract"},
                            "union: what one of them selects; intersect: what both select; subtract: what `a` selects "
                            "and `b` does not")
                    .out("mask", Type::mask, "same size")
                    .example("both: {type: MaskCombine, a: \"${face}\", b: \"${hair}\", mode: union}"),
                run);
}

}  // namespace pixgraph::image
