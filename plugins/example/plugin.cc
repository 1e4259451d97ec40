// ExampleInvert - turns a picture into its negative. This plugin is the page to copy: one node, nothing else.
//
// To write your own node:
//   1. Copy this folder to plugins/<name>/ and add <name> to the list in plugins/CMakeLists.txt.
//   2. Say what the node is in add_example_invert(): checks, help, docs and cache keys are all made from its Spec.
//   3. Write run(): it gets inputs and params that have been checked, and sets each output once.
//   4. Build. `pixgraph describe ExampleInvert` shows your words; a pipeline can use the node at once.
//
// Beyond <pixgraph/...> and the standard library a plugin includes only its own files and its own libraries.
#include <pixgraph/plugin.h>

namespace example {

using namespace pixgraph;

/// One function for all depths: T is std::uint8_t, std::uint16_t or float, as image.sample() says.
template <class T>
static void invert_rows(const Image& image, Image& result, T white, bool keep_alpha) {
  const int channels = image.channels();
  for (int y = 0; y < image.height(); ++y) {
    const T* from = image.row<T>(y);
    T* to = result.row<T>(y);
    for (int i = 0; i < image.width() * channels; ++i) {
      const bool is_alpha = keep_alpha && i % channels == channels - 1;
      to[i] = is_alpha ? from[i] : static_cast<T>(white - from[i]);
    }
  }
}

// The work. It may run on many threads at once, so it keeps nothing between calls; it never changes its inputs, which
// others may be reading; and it throws Error{code, what is wrong, what to do about it} where it cannot go on.
static void run(Call& call) {
  const ImagePtr image = call.image("image");
  if (image->alpha() == Alpha::premultiplied)
    throw Error("E331", "ExampleInvert needs straight alpha", "put a Convert before");
  auto result =
      std::make_shared<Image>(image->width(), image->height(), image->channels(), image->sample(), image->alpha());
  result->info = image->info;  // profile and metadata go on with the picture
  const bool keep_alpha = image->has_alpha() && call.boolean("keep_alpha");
  switch (image->sample()) {
    case Sample::u8: invert_rows<std::uint8_t>(*image, *result, 255, keep_alpha); break;
    case Sample::u16: invert_rows<std::uint16_t>(*image, *result, 65535, keep_alpha); break;
    case Sample::f32: invert_rows<float>(*image, *result, 1.0f, keep_alpha); break;
  }
  call.set("image", result);
}

// The description. Raise it with .since(2) when the same inputs begin to give another picture.
static void add_example_invert(Registrar& registrar) {
  registrar.add(Spec("ExampleInvert", "Turns a picture into its negative")
                    .in("image", Type::image, "the picture")
                    .param("keep_alpha", true, "leave alpha as it is; false: what was transparent becomes solid")
                    .out("image", Type::image, "same size and depth")
                    .example("negative: {type: ExampleInvert, image: \"${photo}\"}"),
                run);
}

static void add_all(Registrar& registrar) {
  add_example_invert(registrar);
}

}  // namespace example

// The door: core reads this constant before it calls anything. The name must be the folder's.
PIXGRAPH_PLUGIN("example", example::add_all)
