#include <webp/decode.h>
#include <webp/demux.h>

#include <cstring>

#include "collector.h"

namespace pixgraph::media {
namespace {

[[noreturn]] void fail_damaged() {
  throw Error("E311", "the WebP file is damaged or truncated", "fetch or save it again");
}

}  // namespace

void read_webp(std::span<const std::uint8_t> file, Collector& collector) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(file.data(), file.size(), &features) != VP8_STATUS_OK) fail_damaged();
  // The decoder takes memory for the canvas at once.
  collector.set_size(static_cast<std::uint64_t>(features.width), static_cast<std::uint64_t>(features.height));
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) fail_damaged();
  options.color_mode = MODE_RGBA;
  const WebPData data{file.data(), file.size()};
  const std::unique_ptr<WebPAnimDecoder, void (*)(WebPAnimDecoder*)> decoder(WebPAnimDecoderNew(&data, &options),
                                                                             WebPAnimDecoderDelete);
  WebPAnimInfo info;
  if (!decoder || !WebPAnimDecoderGetInfo(decoder.get(), &info)) fail_damaged();
  const int width = static_cast<int>(info.canvas_width), height = static_cast<int>(info.canvas_height);
  collector.set_size(info.canvas_width, info.canvas_height);
  int time = 0;  // ms, of the end of the last frame
  double seconds = 0;
  while (WebPAnimDecoderHasMoreFrames(decoder.get())) {
    const bool wanted = collector.begin(seconds);
    if (collector.full()) return;
    std::uint8_t* canvas = nullptr;
    const int before = time;
    if (!WebPAnimDecoderGetNext(decoder.get(), &canvas, &time)) fail_damaged();
    // A still picture, and what players show for a tenth of a second because no time is given.
    seconds += time > before ? (time - before) / 1000.0 : 0.1;
    if (!wanted) continue;
    auto frame = std::make_shared<Image>(width, height, 4, Sample::u8, Alpha::straight);
    const std::size_t row_bytes = static_cast<std::size_t>(width) * 4;
    for (int y = 0; y < height; ++y)
      std::memcpy(frame->row(y), canvas + row_bytes * static_cast<std::size_t>(y), row_bytes);
    collector.take(std::move(frame));
  }
  collector.end(seconds);
}

}  // namespace pixgraph::media
