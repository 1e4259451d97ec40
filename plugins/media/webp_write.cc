#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <vector>

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

using Mux = std::unique_ptr<WebPMux, void (*)(WebPMux*)>;

/// A picture of nothing.
Bytes transparent(int width, int height) {
  OwnedPicture owned;
  owned.picture.width = width;
  owned.picture.height = height;
  owned.picture.use_argb = 1;
  WebPConfig config;
  if (!owned.good || !WebPPictureAlloc(&owned.picture) || !WebPConfigInit(&config) ||
      !WebPConfigLosslessPreset(&config, 0))
    fail("no memory");
  std::fill_n(owned.picture.argb,
              static_cast<std::size_t>(owned.picture.argb_stride) * static_cast<std::size_t>(height), 0u);
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  owned.picture.writer = WebPMemoryWrite;
  owned.picture.custom_ptr = &writer;
  const bool good = WebPEncode(&config, &owned.picture);
  Bytes bytes(writer.mem, writer.mem + writer.size);
  WebPMemoryWriterClear(&writer);
  if (!good) fail("no memory");
  return bytes;
}

/// A frame of `file` and, behind it, one that draws nothing for each further duration.
void push_with_repeats(WebPMux* into, WebPMuxFrameInfo frame, std::span<const int> milliseconds) {
  int width = 0, height = 0;
  if (!WebPGetInfo(frame.bitstream.bytes, frame.bitstream.size, &width, &height)) fail("its frames make no sense");
  // What is to be cleared after the frame must stay up to the last of its repeats, which then clears it.
  const WebPMuxAnimDispose at_the_end = frame.dispose_method;
  const bool repeated = milliseconds.size() > 1;
  if (repeated) frame.dispose_method = WEBP_MUX_DISPOSE_NONE;
  frame.id = WEBP_CHUNK_ANMF;
  frame.duration = milliseconds[0];
  if (WebPMuxPushFrame(into, &frame, 1) != WEBP_MUX_OK) fail("no memory");
  if (!repeated) return;
  const bool clears = at_the_end == WEBP_MUX_DISPOSE_BACKGROUND;
  const Bytes nothing = transparent(clears ? width : 1, clears ? height : 1);
  frame.bitstream = {nothing.data(), nothing.size()};
  frame.blend_method = WEBP_MUX_BLEND;
  for (std::size_t i = 1; i < milliseconds.size(); ++i) {
    if (i + 1 == milliseconds.size()) frame.dispose_method = at_the_end;
    frame.duration = milliseconds[i];
    if (WebPMuxPushFrame(into, &frame, 1) != WEBP_MUX_OK) fail("no memory");
  }
}

/// The encoder makes one frame of equal ones, and a still of equal ones only: frames that are counted and paired with
/// others elsewhere must all be there.
Bytes with_every_frame(const Bytes& merged, const std::vector<int>& milliseconds, int width, int height, int loop) {
  const WebPData data{merged.data(), merged.size()};
  const Mux from(WebPMuxCreate(&data, 0), WebPMuxDelete), into(WebPMuxNew(), WebPMuxDelete);
  int count = 0;
  if (!from || !into || WebPMuxNumChunks(from.get(), WEBP_CHUNK_ANMF, &count) != WEBP_MUX_OK) fail("no memory");
  if (count == static_cast<int>(milliseconds.size())) return merged;
  const bool still = count == 0;
  std::size_t next = 0;
  for (int i = 1; i <= std::max(1, count); ++i) {
    WebPMuxFrameInfo frame{};
    if (WebPMuxGetFrame(from.get(), static_cast<std::uint32_t>(i), &frame) != WEBP_MUX_OK) fail("no memory");
    const std::unique_ptr<WebPData, void (*)(WebPData*)> owned(&frame.bitstream, WebPDataClear);
    if (still) frame.dispose_method = WEBP_MUX_DISPOSE_NONE, frame.blend_method = WEBP_MUX_NO_BLEND;
    const std::size_t begin = next;
    int seen = 0;
    while (next < milliseconds.size() && (next == begin || still || seen < frame.duration))
      seen += milliseconds[next++];
    if (next == begin) return merged;
    push_with_repeats(into.get(), frame, std::span(milliseconds).subspan(begin, next - begin));
  }
  const WebPMuxAnimParams params{0, loop};
  WebPData assembled{};
  const bool good = WebPMuxSetAnimationParams(into.get(), &params) == WEBP_MUX_OK &&
                    WebPMuxSetCanvasSize(into.get(), width, height) == WEBP_MUX_OK &&
                    WebPMuxAssemble(into.get(), &assembled) == WEBP_MUX_OK;
  Bytes out(assembled.bytes, assembled.bytes + assembled.size);
  WebPDataClear(&assembled);
  if (!good) fail("its frames make no sense");
  return out;
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
  std::vector<int> times;
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
    const int begin = milliseconds();
    seconds += animation.seconds[i];
    times.push_back(milliseconds() - begin);
  }
  WebPData assembled{};
  const bool good = WebPAnimEncoderAdd(encoder.get(), nullptr, milliseconds(), nullptr) &&
                    WebPAnimEncoderAssemble(encoder.get(), &assembled);
  Bytes out(assembled.bytes, assembled.bytes + assembled.size);
  WebPDataClear(&assembled);
  if (!good) fail(WebPAnimEncoderGetError(encoder.get()));
  return times.size() == 1 ? out : with_every_frame(out, times, width, height, animation.loop);
}

}  // namespace pixgraph::media
