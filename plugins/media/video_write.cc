#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <string>

#include "animation.h"
#include "pixels.h"
#include "video.h"

extern "C" {
#include <libavutil/opt.h>
}

namespace pixgraph::media {
namespace {

void check(int code) {
  if (code < 0) throw Error("E321", "the video cannot be written (" + reason_of(code) + ")");
}

/// The file in memory, as libav writes it.
struct Target {
  Bytes bytes;
  std::size_t at = 0;

  static int write(void* self, std::uint8_t* from, int count) {
    auto& target = *static_cast<Target*>(self);
    const std::size_t end = target.at + static_cast<std::size_t>(count);
    if (end > target.bytes.size()) target.bytes.resize(end);
    std::memcpy(target.bytes.data() + target.at, from, static_cast<std::size_t>(count));
    target.at = end;
    return count;
  }
  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& target = *static_cast<Target*>(self);
    const auto size = static_cast<std::int64_t>(target.bytes.size());
    if (whence == AVSEEK_SIZE) return size;
    const std::int64_t to = whence == SEEK_CUR   ? static_cast<std::int64_t>(target.at) + offset
                            : whence == SEEK_END ? size + offset
                                                 : offset;
    if (to < 0) return AVERROR(EINVAL);
    target.at = static_cast<std::size_t>(to);
    return to;
  }
};

struct FreeFormat {
  void operator()(AVFormatContext* format) const { avformat_free_context(format); }
};

constexpr AVRational kTick{1, 90000};  // MPEG's clock: every common frame rate is a whole number of ticks, or nearly

class Writer {
 public:
  Writer(const Animation& animation, int quality) {
    av_log_set_level(AV_LOG_QUIET);
    open_format();
    open_codec(animation, quality);
    check(avcodec_parameters_from_context(stream_->codecpar, codec_.get()));
    stream_->time_base = kTick;
    stream_->avg_frame_rate = codec_->framerate;
    // Room for the index in front of the pictures, so that players can begin before they have all of it. A frame takes
    // up to 36 bytes there.
    AVDictionary* settings = nullptr;
    av_dict_set_int(&settings, "moov_size", 4096 + 64 * static_cast<std::int64_t>(animation.frames.size()), 0);
    const int written = avformat_write_header(format_.get(), &settings);
    av_dict_free(&settings);
    check(written);
  }

  void put(const Image& rgb, std::int64_t start, std::int64_t duration) {
    const FramePtr frame(av_frame_alloc());
    frame->format = codec_->pix_fmt;
    frame->width = codec_->width;
    frame->height = codec_->height;
    check(av_frame_get_buffer(frame.get(), 0));
    scale(even(rgb), *frame);
    frame->pts = start;
    durations_.emplace_back(start, duration);
    check(avcodec_send_frame(codec_.get(), frame.get()));
    receive();
  }

  Bytes finish() {
    check(avcodec_send_frame(codec_.get(), nullptr));
    receive();
    check(av_write_trailer(format_.get()));
    avio_flush(io_.get());
    return std::move(target_.bytes);
  }

 private:
  void open_format() {
    AVFormatContext* format = nullptr;
    check(avformat_alloc_output_context2(&format, nullptr, "mp4", nullptr));
    format_.reset(format);
    auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBuffer));
    io_.reset(avio_alloc_context(buffer, kIoBuffer, 1, &target_, nullptr, Target::write, Target::seek));
    format->pb = io_.get();
    format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;  // no version, no date: the same bytes every time
    stream_ = avformat_new_stream(format, nullptr);
    if (!stream_) check(AVERROR(ENOMEM));
  }

  void open_codec(const Animation& animation, int quality) {
    const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
    if (!encoder)
      throw Error("E321", "the libavcodec of this system cannot write H.264", "write `format: webp`, or install x264");
    codec_.reset(avcodec_alloc_context3(encoder));
    codec_->width = (animation.frames[0]->width() + 1) / 2 * 2;
    codec_->height = (animation.frames[0]->height() + 1) / 2 * 2;
    codec_->pix_fmt = AV_PIX_FMT_YUV420P;
    codec_->time_base = kTick;
    double total = 0;
    for (const double seconds : animation.seconds) total += seconds;
    codec_->framerate = av_d2q(static_cast<double>(animation.frames.size()) / total, 100000);
    codec_->colorspace = AVCOL_SPC_BT709;
    codec_->color_primaries = AVCOL_PRI_BT709;
    codec_->color_trc = AVCOL_TRC_BT709;
    codec_->color_range = AVCOL_RANGE_MPEG;
    codec_->thread_count = 1;
    // MP4 holds the time between pictures in the order of decoding: where they are not all seen equally long, only
    // pictures that are decoded in the order of being seen keep their times.
    const auto [shortest, longest] = std::ranges::minmax(animation.seconds);
    if (longest > shortest) codec_->max_b_frames = 0;
    codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    // x264's scale: 18 cannot be told from the original, 23 is its default (quality 75), 51 the worst.
    av_opt_set_double(codec_->priv_data, "crf", 51 - 0.37 * quality, 0);
    const int opened = avcodec_open2(codec_.get(), encoder, nullptr);
    if (opened < 0)
      throw Error("E321",
                  "H.264 cannot hold frames of " + std::to_string(codec_->width) + "x" +
                      std::to_string(codec_->height) + " (" + reason_of(opened) + ")",
                  "put a Resize before");
  }

  /// 4:2:0 wants even sides: the last column and row are there twice where they are odd.
  static std::shared_ptr<Image> even(const Image& rgb) {
    auto out = std::make_shared<Image>((rgb.width() + 1) / 2 * 2, (rgb.height() + 1) / 2 * 2, 3);
    for (int y = 0; y < out->height(); ++y) {
      const std::uint8_t* from = rgb.row(std::min(y, rgb.height() - 1));
      std::memcpy(out->row(y), from, static_cast<std::size_t>(rgb.width()) * 3);
      std::memcpy(out->row(y) + (out->width() - 1) * 3, from + (rgb.width() - 1) * 3, 3);
    }
    return out;
  }

  void scale(const std::shared_ptr<Image>& rgb, AVFrame& frame) {
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height, AV_PIX_FMT_RGB24, frame.width,
                                       frame.height, codec_->pix_fmt,
                                       SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP, nullptr, nullptr, nullptr));
    if (!scaler_) check(AVERROR(ENOMEM));
    const int* weights = sws_getCoefficients(SWS_CS_ITU709);
    sws_setColorspaceDetails(scaler_.get(), weights, 1, weights, 0, 0, 1 << 16, 1 << 16);
    const std::uint8_t* const rows[] = {rgb->row(0)};
    const int strides[] = {static_cast<int>(rgb->row_bytes())};
    check(sws_scale(scaler_.get(), rows, strides, 0, frame.height, frame.data, frame.linesize));
  }

  void receive() {
    const PacketPtr packet(av_packet_alloc());
    for (;;) {
      const int code = avcodec_receive_packet(codec_.get(), packet.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      check(code);
      // The last one's duration would be lost otherwise: nothing comes after it.
      for (const auto& [start, duration] : durations_)
        if (start == packet->pts) packet->duration = duration;
      packet->stream_index = stream_->index;
      av_packet_rescale_ts(packet.get(), kTick, stream_->time_base);
      check(av_interleaved_write_frame(format_.get(), packet.get()));
      while (durations_.size() > 64) durations_.pop_front();  // x264 holds back fewer
    }
  }

  Target target_;
  IoPtr io_;
  std::unique_ptr<AVFormatContext, FreeFormat> format_;
  AVStream* stream_ = nullptr;
  CodecContextPtr codec_;
  ScalerPtr scaler_;
  std::deque<std::pair<std::int64_t, std::int64_t>> durations_;
};

}  // namespace

Bytes write_mp4(const Animation& animation, int quality, const std::string& background) {
  Writer writer(animation, quality);
  double seconds = 0;
  const auto ticks = [&] { return std::llround(seconds * kTick.den); };
  for (std::size_t i = 0; i < animation.frames.size(); ++i) {
    if (animation.canceled()) throw Error("E901", "the run is being ended");
    const std::int64_t start = ticks();
    seconds += animation.seconds[i];
    writer.put(*laid_over(*as_rgba(*animation.frames[i]), background), start, ticks() - start);
  }
  return writer.finish();
}

}  // namespace pixgraph::media
