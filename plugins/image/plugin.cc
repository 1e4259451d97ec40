// The image plugin: pixel nodes and the codecs for JPEG, PNG and WebP.
#include "codecs/codecs.h"
#include "nodes.h"

static void add_all(pixgraph::Registrar& registrar) {
  using namespace pixgraph::image;
  add_alpha_to_mask(registrar);
  add_apply_mask(registrar);
  add_blur(registrar);
  add_color_match(registrar);
  add_compare(registrar);
  add_composite(registrar);
  add_contact_sheet(registrar);
  add_convert(registrar);
  add_crop(registrar);
  add_depth(registrar);
  add_encode(registrar);
  add_fit(registrar);
  add_flatten(registrar);
  add_flip(registrar);
  add_grade(registrar);
  add_grayscale(registrar);
  add_invert(registrar);
  add_levels(registrar);
  add_load(registrar);
  add_mask_box(registrar);
  add_mask_combine(registrar);
  add_mask_feather(registrar);
  add_mask_fill(registrar);
  add_mask_from_color(registrar);
  add_mask_grow(registrar);
  add_mask_invert(registrar);
  add_mask_threshold(registrar);
  add_pad(registrar);
  add_paste_back(registrar);
  add_premultiply(registrar);
  add_resize(registrar);
  add_rotate(registrar);
  add_sharpen(registrar);
  add_stats(registrar);
  add_tile(registrar);
  add_to_srgb(registrar);
  add_trim(registrar);
  add_unfit(registrar);
  add_unpremultiply(registrar);
  add_untile(registrar);
  add_jpeg(registrar);
  add_png(registrar);
  add_webp(registrar);
}

PIXGRAPH_PLUGIN("image", add_all)
