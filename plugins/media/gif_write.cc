#include <gif_lib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "animation.h"
#include "pixels.h"

namespace pixgraph::media {
namespace {

[[noreturn]] void fail(int code) {
  const char* reason = GifErrorString(code);
  throw Error("E321", std::string("the GIF cannot be written (") + (reason ? reason : "no reason given") + ")");
}

int append(GifFileType* gif, const GifByteType* bytes, int count) {
  auto& out = *static_cast<Bytes*>(gif->UserData);
  out.insert(out.end(), bytes, bytes + count);
  return count;
}

struct FreeMap {
  void operator()(ColorMapObject* map) const { GifFreeMapObject(map); }
};

struct Rectangle {
  int left = 0, top = 0, width = 0, height = 0;
};

/// Where two pictures differ; one pixel where they do not.
Rectangle changed(const Image& before, const Image& now) {
  int left = now.width(), right = -1, top = now.height(), bottom = -1;
  for (int y = 0; y < now.height(); ++y)
    for (int x = 0; x < now.width(); ++x)
      if (std::memcmp(before.row(y) + x * 4, now.row(y) + x * 4, 4) != 0) {
        left = std::min(left, x), right = std::max(right, x);
        top = std::min(top, y), bottom = y;
      }
  if (right < 0) return {0, 0, 1, 1};
  return {left, top, right - left + 1, bottom - top + 1};
}

std::shared_ptr<Image> part_of(const Image& image, const Rectangle& part) {
  auto out = std::make_shared<Image>(part.width, part.height, 4, Sample::u8, Alpha::straight);
  for (int y = 0; y < part.height; ++y)
    std::memcpy(out->row(y), image.row(part.top + y) + part.left * 4, static_cast<std::size_t>(part.width) * 4);
  return out;
}

/// Whole hundredths of a second whose sum never strays from the animation's time.
class Clock {
 public:
  int next(double seconds) {
    wanted_ += seconds * 100;
    const int delay = std::clamp(static_cast<int>(std::lround(wanted_ - given_)), 0, 65535);
    given_ += delay;
    return delay;
  }

 private:
  double wanted_ = 0, given_ = 0;
};

class Writer {
 public:
  Writer(int width, int height, bool transparent) : transparent_(transparent) {
    int code = 0;
    gif_ = EGifOpen(&bytes_, append, &code);
    if (!gif_) fail(code);
    EGifSetGifVersion(gif_, true);
    if (EGifPutScreenDesc(gif_, width, height, 8, 0, nullptr) == GIF_ERROR) fail(gif_->Error);
  }
  ~Writer() {
    if (gif_) EGifCloseFile(gif_, nullptr);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// `times`: 0 is for ever. Once needs no word.
  void put_loop(int times) {
    if (times == 1) return;
    const int again = times == 0 ? 0 : times - 1;
    const GifByteType data[3] = {1, static_cast<GifByteType>(again & 0xff), static_cast<GifByteType>(again >> 8)};
    if (EGifPutExtensionLeader(gif_, APPLICATION_EXT_FUNC_CODE) == GIF_ERROR ||
        EGifPutExtensionBlock(gif_, 11, "NETSCAPE2.0") == GIF_ERROR ||
        EGifPutExtensionBlock(gif_, 3, data) == GIF_ERROR || EGifPutExtensionTrailer(gif_) == GIF_ERROR)
      fail(gif_->Error);
  }

  void put_frame(const Image& rgba, const Rectangle& part, Quantizer& quantizer, int delay) {
    const std::vector<Rgb>& palette = quantizer.palette();
    const int count = static_cast<int>(palette.size());
    GraphicsControlBlock control{};
    control.DelayTime = delay;
    // What has holes is cleared before the next one, so that the old picture does not show through them.
    control.DisposalMode = transparent_ ? DISPOSE_BACKGROUND : DISPOSE_DO_NOT;
    control.TransparentColor = transparent_ ? count : NO_TRANSPARENT_COLOR;
    GifByteType block[4];
    EGifGCBToExtension(&control, block);
    if (EGifPutExtension(gif_, GRAPHICS_EXT_FUNC_CODE, 4, block) == GIF_ERROR) fail(gif_->Error);

    int slots = 2;
    while (slots < count + (transparent_ ? 1 : 0)) slots *= 2;
    const std::unique_ptr<ColorMapObject, FreeMap> map(GifMakeMapObject(slots, nullptr));
    if (!map) fail(E_GIF_ERR_NOT_ENOUGH_MEM);
    std::memset(map->Colors, 0, static_cast<std::size_t>(slots) * sizeof(GifColorType));
    for (int i = 0; i < count; ++i) {
      const Rgb& colour = palette[static_cast<std::size_t>(i)];
      map->Colors[i] = {colour[0], colour[1], colour[2]};
    }
    if (EGifPutImageDesc(gif_, part.left, part.top, part.width, part.height, false, map.get()) == GIF_ERROR)
      fail(gif_->Error);
    std::vector<std::uint8_t> indices = quantizer.indices(rgba);
    for (int y = 0; y < part.height; ++y)
      if (EGifPutLine(gif_, indices.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(part.width),
                      part.width) == GIF_ERROR)
        fail(gif_->Error);
  }

  Bytes finish() {
    int code = 0;
    GifFileType* gif = std::exchange(gif_, nullptr);
    if (EGifCloseFile(gif, &code) == GIF_ERROR) fail(code);
    return std::move(bytes_);
  }

 private:
  Bytes bytes_;
  GifFileType* gif_ = nullptr;
  bool transparent_;
};

bool has_holes(const Image& rgba) {
  for (int y = 0; y < rgba.height(); ++y)
    for (int x = 0; x < rgba.width(); ++x)
      if (rgba.row(y)[x * 4 + 3] < kSeen) return true;
  return false;
}

}  // namespace

Bytes write_gif(const Animation& animation, const GifOptions& options) {
  const int width = animation.frames[0]->width(), height = animation.frames[0]->height();
  if (width > 65535 || height > 65535)
    throw Error("E321",
                "GIF holds at most 65535 pixels a side, and the frames are " + std::to_string(width) + "x" +
                    std::to_string(height),
                "put a Resize before");
  std::vector<std::shared_ptr<Image>> all;
  bool transparent = false;
  for (const ImagePtr& frame : animation.frames) {
    if (animation.canceled()) throw Error("E901", "the run is being ended");
    all.push_back(as_rgba(*frame));
    transparent = transparent || has_holes(*all.back());
  }
  const int colours = options.colours - (transparent ? 1 : 0);
  std::optional<Quantizer> shared;
  if (options.shared_palette) shared.emplace(palette_of(all, colours), options.dither);

  Writer writer(width, height, transparent);
  if (all.size() > 1) writer.put_loop(animation.loop);
  Clock clock;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (animation.canceled()) throw Error("E901", "the run is being ended");
    Rectangle part{0, 0, width, height};
    std::shared_ptr<Image> picture = all[i];
    if (i > 0 && !transparent) picture = part_of(*picture, part = changed(*all[i - 1], *all[i]));
    std::optional<Quantizer> own;
    if (!shared) own.emplace(palette_of({picture}, colours), options.dither);
    writer.put_frame(*picture, part, shared ? *shared : *own, clock.next(animation.seconds[i]));
  }
  return writer.finish();
}

}  // namespace pixgraph::media
