#include <webp/encode.h>
#include <webp/mux.h>

#include <cmath>
#include <string>

#include "animation.h"
#include "pixels.h"

namespace pixgraph::media {
namespace {

struct OwnedPicture {
  OwnedPicture() { good = WebPPictureInit(&picture); }
  ~OwnedPicture() { WebPPictureFree(&picture); }
  OwnedPicture(const OwnedPicture&) = delete;
  OwnedPicture& operator=(const OwnedPicture&) = delete;
  WebPPicture picture;
  bool good;
};

[[noreturn]] void fail(const char* reason) {
  throw Error("E321",
              std::string("the WebP cannot be written") + (reason && *reason ? std::string(" (") + reason + ")" : ""));
}

}  // namespace

Bytes write_webp(const Animation& animation, const WebpOptions& options) {
  const int width = animation.frames[0]->width(), height = animation.frames[0]->height();
  if (width > WEBP_MAX_DIMENSION || height > WEBP_MAX_DIMENSION)
    throw Error("E321",
                "WebP holds at most 16383 pixels a side, and the frames are " + std::to_string(width) + "x" +
                    std::to_string(height),
                "put a Resize before");
  WebPAnimEncoderOptions settings;
  WebPConfig config;
  if (!WebPAnimEncoderOptionsInit(&settings) || !WebPConfigInit(&config)) fail("libwebp is of another version");
  settings.anim_params.loop_count = animation.loop;
  config.quality = static_cast<float>(options.quality);
  config.lossless = options.lossless ? 1 : 0;
  config.exact = config.lossless;
  config.method = 4;
  const std::unique_ptr<WebPAnimEncoder, void (*)(WebPAnimEncoder*)> encoder(
      WebPAnimEncoderNew(width, height, &settings), WebPAnimEncoderDelete);
  if (!encoder) fail("no memory");
  double seconds = 0;
  const auto milliseconds = [&] { return static_cast<int>(std::lround(seconds * 1000)); };
  for (std::size_t i = 0; i < animation.frames.size(); ++i) {
    if (animation.canceled()) throw Error("E901", "the run is being ended");
    const std::shared_ptr<Image> rgba = as_rgba(*animation.frames[i]);
    OwnedPicture owned;
    owned.picture.width = width;
    owned.picture.height = height;
    owned.picture.use_argb = 1;
    if (!owned.good || !WebPPictureImportRGBA(&owned.picture, rgba->row(0), static_cast<int>(rgba->row_bytes())))
      fail("no memory");
    if (!WebPAnimEncoderAdd(encoder.get(), &owned.picture, milliseconds(), &config))
      fail(WebPAnimEncoderGetError(encoder.get()));
    seconds += animation.seconds[i];
  }
  WebPData assembled{};
  const bool good = WebPAnimEncoderAdd(encoder.get(), nullptr, milliseconds(), nullptr) &&
                    WebPAnimEncoderAssemble(encoder.get(), &assembled);
  Bytes out(assembled.bytes, assembled.bytes + assembled.size);
  WebPDataClear(&assembled);
  if (!good) fail(WebPAnimEncoderGetError(encoder.get()));
  return out;
}

}  // namespace pixgraph::media
