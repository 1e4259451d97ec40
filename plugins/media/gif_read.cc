#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "collector.h"

namespace pixgraph::media {
namespace {

[[noreturn]] void fail_damaged() {
  throw Error("E311", "the GIF file is damaged or truncated", "fetch or save it again");
}

struct Source {
  std::span<const std::uint8_t> left;
};

int read_some(GifFileType* gif, GifByteType* into, int wanted) {
  auto& source = *static_cast<Source*>(gif->UserData);
  const std::size_t count = std::min(source.left.size(), static_cast<std::size_t>(wanted));
  std::memcpy(into, source.left.data(), count);
  source.left = source.left.subspan(count);
  return static_cast<int>(count);
}

struct CloseGif {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

/// What a graphic control extension says of the frame behind it.
struct Control {
  int delay = 0, transparent = NO_TRANSPARENT_COLOR, disposal = DISPOSAL_UNSPECIFIED;
};

class Reader {
 public:
  Reader(std::span<const std::uint8_t> file, Collector& collector) : source_{file}, collector_(collector) {
    gif_.reset(DGifOpen(&source_, read_some, nullptr));
    if (!gif_ || gif_->SWidth <= 0 || gif_->SHeight <= 0) fail_damaged();
    collector_.set_size(static_cast<std::uint64_t>(gif_->SWidth), static_cast<std::uint64_t>(gif_->SHeight));
    canvas_ = std::make_shared<Image>(gif_->SWidth, gif_->SHeight, 4, Sample::u8, Alpha::straight);
    std::memset(canvas_->row(0), 0, canvas_->byte_size());
  }

  void read() {
    for (;;) {
      GifRecordType record;
      if (DGifGetRecordType(gif_.get(), &record) == GIF_ERROR) fail_damaged();
      if (record == TERMINATE_RECORD_TYPE) break;
      if (record == EXTENSION_RECORD_TYPE) read_extension();
      if (record == IMAGE_DESC_RECORD_TYPE) read_frame();
      if (collector_.full()) return;
    }
    if (!any_) fail_damaged();
    collector_.end(seconds_);
  }

 private:
  void read_extension() {
    int kind = 0;
    GifByteType* data = nullptr;
    if (DGifGetExtension(gif_.get(), &kind, &data) == GIF_ERROR) fail_damaged();
    while (data) {
      GraphicsControlBlock block;
      if (kind == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(data[0], data + 1, &block) == GIF_OK)
        control_ = {block.DelayTime, block.TransparentColor, block.DisposalMode};
      if (DGifGetExtensionNext(gif_.get(), &data) == GIF_ERROR) fail_damaged();
    }
  }

  void read_frame() {
    if (DGifGetImageDesc(gif_.get()) == GIF_ERROR) fail_damaged();
    const GifImageDesc frame = gif_->Image;
    const ColorMapObject* colours = frame.ColorMap ? frame.ColorMap : gif_->SColorMap;
    if (!colours || frame.Width <= 0 || frame.Height <= 0) fail_damaged();
    const std::shared_ptr<Image> before =
        control_.disposal == DISPOSE_PREVIOUS ? std::make_shared<Image>(copied()) : nullptr;
    draw(frame, *colours);
    any_ = true;
    if (collector_.begin(seconds_)) collector_.take(std::make_shared<Image>(copied()));
    // Players show what has no delay, or next to none, for a tenth of a second.
    seconds_ += control_.delay > 1 ? control_.delay / 100.0 : 0.1;
    if (control_.disposal == DISPOSE_BACKGROUND) clear(frame);
    if (before) canvas_ = before;
    control_ = {};
  }

  Image copied() const {
    Image copy(canvas_->width(), canvas_->height(), 4, Sample::u8, Alpha::straight);
    std::memcpy(copy.row(0), canvas_->row(0), canvas_->byte_size());
    return copy;
  }

  void draw(const GifImageDesc& frame, const ColorMapObject& colours) {
    Bytes line(static_cast<std::size_t>(frame.Width));
    // GIF89a, appendix E: every 8th line, those between, and so on.
    static constexpr int kStart[] = {0, 4, 2, 1}, kStep[] = {8, 8, 4, 2};
    for (int pass = 0; pass < (frame.Interlace ? 4 : 1); ++pass)
      for (int y = frame.Interlace ? kStart[pass] : 0; y < frame.Height; y += frame.Interlace ? kStep[pass] : 1) {
        if (DGifGetLine(gif_.get(), line.data(), frame.Width) == GIF_ERROR) fail_damaged();
        const int row = frame.Top + y;
        if (row >= canvas_->height()) continue;
        std::uint8_t* to = canvas_->row(row);
        for (int x = 0; x < frame.Width && frame.Left + x < canvas_->width(); ++x) {
          const int index = line[static_cast<std::size_t>(x)];
          if (index == control_.transparent || index >= colours.ColorCount) continue;
          const GifColorType& colour = colours.Colors[index];
          std::uint8_t* pixel = to + (frame.Left + x) * 4;
          pixel[0] = colour.Red, pixel[1] = colour.Green, pixel[2] = colour.Blue, pixel[3] = 255;
        }
      }
  }

  /// To transparent, as every player does, whatever background colour the file names.
  void clear(const GifImageDesc& frame) {
    const int left = std::min(frame.Left, canvas_->width()),
              right = std::min(frame.Left + frame.Width, canvas_->width());
    for (int y = frame.Top; y < std::min(frame.Top + frame.Height, canvas_->height()); ++y)
      std::memset(canvas_->row(y) + left * 4, 0, static_cast<std::size_t>(right - left) * 4);
  }

  Source source_;
  Collector& collector_;
  std::unique_ptr<GifFileType, CloseGif> gif_;
  std::shared_ptr<Image> canvas_;
  Control control_;
  double seconds_ = 0;
  bool any_ = false;
};

}  // namespace

void read_gif(std::span<const std::uint8_t> file, Collector& collector) {
  Reader(file, collector).read();
}

}  // namespace pixgraph::media
