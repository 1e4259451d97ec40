// nodes: the node types of this plugin, each in the file of its name (comment, run, add: in that order).
//
// Common to all: images are worked on with straight alpha; a picture that needs no change is handed on as it is, so its
// original file can still be sent instead of a new encoding; profile and metadata are those of the (first) image.
// Errors: E330 a size that cannot be, E331 images that do not fit the node, E332 a profile, E333 a colour's text.
#pragma once

#include <pixgraph/plugin.h>

namespace pixgraph::image {

void add_alpha_to_mask(Registrar& registrar);
void add_apply_mask(Registrar& registrar);
void add_blur(Registrar& registrar);
void add_color_match(Registrar& registrar);
void add_compare(Registrar& registrar);
void add_composite(Registrar& registrar);
void add_contact_sheet(Registrar& registrar);
void add_convert(Registrar& registrar);
void add_crop(Registrar& registrar);
void add_depth(Registrar& registrar);
void add_encode(Registrar& registrar);
void add_fit(Registrar& registrar);
void add_flatten(Registrar& registrar);
void add_flip(Registrar& registrar);
void add_grade(Registrar& registrar);
void add_grayscale(Registrar& registrar);
void add_invert(Registrar& registrar);
void add_levels(Registrar& registrar);
void add_load(Registrar& registrar);
void add_mask_box(Registrar& registrar);
void add_mask_combine(Registrar& registrar);
void add_mask_feather(Registrar& registrar);
void add_mask_fill(Registrar& registrar);
void add_mask_from_color(Registrar& registrar);
void add_mask_grow(Registrar& registrar);
void add_mask_invert(Registrar& registrar);
void add_mask_threshold(Registrar& registrar);
void add_pad(Registrar& registrar);
void add_paste_back(Registrar& registrar);
void add_premultiply(Registrar& registrar);
void add_resize(Registrar& registrar);
void add_rotate(Registrar& registrar);
void add_sharpen(Registrar& registrar);
void add_stats(Registrar& registrar);
void add_tile(Registrar& registrar);
void add_to_srgb(Registrar& registrar);
void add_trim(Registrar& registrar);
void add_unfit(Registrar& registrar);
void add_unpremultiply(Registrar& registrar);
void add_untile(Registrar& registrar);

}  // namespace pixgraph::image
