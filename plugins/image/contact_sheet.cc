// ContactSheet - many pictures on one sheet, in rows, with labels under them.
// It is for looking: the sheet is 8-bit sRGB without metadata, whatever the pictures are.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "colour_text.h"
#include "kernels/alpha.h"
#include "kernels/light.h"
#include "kernels/samples.h"
#include "kernels/text.h"
#include "nodes.h"
#include "placement.h"
#include "profile.h"

namespace pixgraph::image {

static constexpr double kMaxSheetPixels = 500e6;

/// Where everything lies, in pixels.
struct Sheet {
  int columns, rows, cell_width, cell_height, gap, label_scale;
  int label_height() const { return label_scale * kGlyphHeight; }  // 0: no labels
  int width() const { return gap + columns * (cell_width + gap); }
  /// From the bottom of a row's pictures to the top of the next.
  int step_down() const { return gap + (label_scale > 0 ? label_height() + gap / 2 : 0); }
};

static Sheet sheet_of(const Call& call, int count, bool labels) {
  Sheet sheet{};
  sheet.columns = static_cast<int>(call.integer("columns"));
  if (sheet.columns == 0) sheet.columns = static_cast<int>(std::ceil(std::sqrt(count)));
  sheet.columns = std::min(sheet.columns, count);
  sheet.rows = (count + sheet.columns - 1) / sheet.columns;
  sheet.cell_width = static_cast<int>(call.integer("width"));
  sheet.cell_height = static_cast<int>(call.integer("height"));
  sheet.gap = static_cast<int>(call.integer("gap"));
  sheet.label_scale = labels ? static_cast<int>(call.integer("label_scale")) : 0;
  const double width = sheet.gap + static_cast<double>(sheet.columns) * (sheet.cell_width + sheet.gap),
               height = sheet.gap + static_cast<double>(sheet.rows) * (sheet.cell_height + sheet.step_down());
  if (width * height > kMaxSheetPixels)
    throw Error("E330",
                "a sheet of " + std::to_string(count) + " pictures of " + std::to_string(sheet.cell_width) + "x" +
                    std::to_string(sheet.cell_height) + " would have more than 500 million pixels",
                "give a smaller `width` and `height`, or fewer pictures");
  return sheet;
}

static std::vector<std::string> labels_of(const Call& call, std::size_t count) {
  std::vector<std::string> labels;
  if (!call.has("labels")) return labels;
  for (const Value& label : call.list("labels")) labels.push_back(drawable(*label.text()));
  if (labels.size() != count)
    throw Error(
        "E331",
        "ContactSheet has " + std::to_string(count) + " images and " + std::to_string(labels.size()) + " labels",
        "give one label for each image, in the same order, or none");
  return labels;
}

/// The picture as it lies in its cell: 8-bit RGB, no larger than the cell, transparency over the background.
static ImagePtr in_cell(const ImagePtr& given, const Sheet& sheet, const Colour& background) {
  const Placement placement =
      place(given->width(), given->height(), {sheet.cell_width, sheet.cell_height, 1, false}, Fitting::inside);
  ImagePtr image = straight(put(given, placement, Filter::lanczos3, std::nullopt));
  if (image->info.icc) image = convert_profile(*image, nullptr);
  if (image->colour_channels() == 1) image = grey_to_rgb(*image);
  if (image->has_alpha()) image = flatten(*image, background);
  return image->sample() == Sample::u8 ? image : ImagePtr(convert_depth(*image, Sample::u8));
}

static void fill(Image& sheet, const Colour& colour) {
  for (int x = 0; x < sheet.width(); ++x)
    for (int c = 0; c < 3; ++c) sheet.row(0)[x * 3 + c] = from_unit<std::uint8_t>(colour.channel(c, 3));
  for (int y = 1; y < sheet.height(); ++y)
    std::memcpy(sheet.row(y), sheet.row(0), static_cast<std::size_t>(sheet.width()) * 3);
}

static void put_in_middle(const Image& picture, Image& sheet, int left, int top, int width, int height) {
  const int x = left + (width - picture.width()) / 2, y = top + (height - picture.height()) / 2;
  for (int line = 0; line < picture.height(); ++line)
    std::memcpy(sheet.row(y + line) + x * 3, picture.row(line), static_cast<std::size_t>(picture.width()) * 3);
}

static void run(Call& call) {
  const List& images = call.list("images");
  if (images.empty()) throw Error("E331", "`images` is empty, so there is nothing to show");
  const std::vector<std::string> labels = labels_of(call, images.size());
  const Colour background = opaque_colour_named(call.text("background"), "background"),
               ink = luma_709(background.red, background.green, background.blue) > 0.5 ? Colour{0, 0, 0, 1}
                                                                                       : Colour{1, 1, 1, 1};
  const Sheet sheet = sheet_of(call, static_cast<int>(images.size()), !labels.empty());
  std::vector<ImagePtr> pictures;
  std::vector<int> row_heights(static_cast<std::size_t>(sheet.rows));  // of the highest picture in each row
  for (const Value& image : images) {
    int& height = row_heights[pictures.size() / static_cast<std::size_t>(sheet.columns)];
    pictures.push_back(in_cell(image.image(), sheet, background));
    height = std::max(height, pictures.back()->height());
  }
  int height = sheet.gap;
  for (const int row : row_heights) height += row + sheet.step_down();
  auto out = std::make_shared<Image>(sheet.width(), height, 3);
  fill(*out, background);
  int top = sheet.gap;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const std::size_t column = i % static_cast<std::size_t>(sheet.columns);
    const int row_height = row_heights[i / static_cast<std::size_t>(sheet.columns)];
    const int left = sheet.gap + static_cast<int>(column) * (sheet.cell_width + sheet.gap);
    put_in_middle(*pictures[i], *out, left, top, sheet.cell_width, row_height);
    if (!labels.empty()) {
      const int advance = kGlyphWidth * sheet.label_scale;
      const std::string label = shortened(labels[i], static_cast<std::size_t>(sheet.cell_width / advance));
      draw_text(*out, left + (sheet.cell_width - static_cast<int>(label.size()) * advance) / 2,
                top + row_height + sheet.gap / 2, sheet.label_scale, label, ink);
    }
    if (column + 1 == static_cast<std::size_t>(sheet.columns)) top += row_height + sheet.step_down();
  }
  call.set("image", out);
}

void add_contact_sheet(Registrar& registrar) {
  registrar.add(
      Spec("ContactSheet", "Puts many pictures on one sheet, with labels")
          .in("images", list_of(Type::image), "the pictures, row by row; none is enlarged")
          .optional_in("labels", list_of(Type::text), "what stands under each, in the same order")
          .param("columns", 0, {0, 1000}, "", "pictures in a row; 0: as many as make the sheet square")
          .param("width", 256, {1, 10000}, "px", "of the room that a picture has")
          .param("height", 256, {1, 10000}, "px",
                 "of the room that a picture has; a row is as high as its highest picture")
          .param("gap", 16, {0, 1000}, "px", "between pictures and around them")
          .param("label_scale", 2, {1, 16}, "", "size of the labels: letters are 7 px high times this")
          .param("background", "#ffffff", "\"#rrggbb\"; labels are black or white, whatever is seen better on it")
          .colour("background", {}, Form::opaque_colour)
          .out("image", Type::image, "the sheet: RGB, 8 bit, sRGB")
          .since(2)
          .example("sheet: {type: ContactSheet, images: [\"${before}\", \"${after}\"], labels: [before, after], "
                   "columns: 2}"),
      run);
}

}  // namespace pixgraph::image
