extern "C" {
#include <libavutil/display.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "collector.h"
#include "pixels.h"
#include "video.h"

namespace pixgraph::media {
namespace {

[[noreturn]] void fail_damaged(const std::string& reason) {
  throw Error("E311", "the video file is damaged or truncated (" + reason + ")", "fetch or save it again");
}

/// The file in memory, as libav reads it: it is given no path and no protocol, so it can open nothing else.
struct Source {
  std::span<const std::uint8_t> file;
  std::int64_t at = 0;

  static int read(void* self, std::uint8_t* into, int wanted) {
    auto& source = *static_cast<Source*>(self);
    const auto size = static_cast<std::int64_t>(source.file.size());
    if (source.at >= size) return AVERROR_EOF;
    const auto count = static_cast<int>(std::min<std::int64_t>(wanted, size - source.at));
    std::memcpy(into, source.file.data() + source.at, static_cast<std::size_t>(count));
    source.at += count;
    return count;
  }
  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& source = *static_cast<Source*>(self);
    const auto size = static_cast<std::int64_t>(source.file.size());
    if (whence == AVSEEK_SIZE) return size;
    const std::int64_t to = whence == SEEK_CUR ? source.at + offset : whence == SEEK_END ? size + offset : offset;
    if (to < 0 || to > size) return AVERROR(EINVAL);
    return source.at = to;
  }
};

struct CloseInput {
  void operator()(AVFormatContext* format) const { avformat_close_input(&format); }
};

class Reader {
 public:
  Reader(std::span<const std::uint8_t> file, Collector& collector) : source_{file}, collector_(collector) {
    av_log_set_level(AV_LOG_QUIET);
    open_format();
    open_codec();
  }

  void read() {
    const PacketPtr packet(av_packet_alloc());
    const FramePtr frame(av_frame_alloc());
    std::int64_t packets = 0;
    int code = 0;
    while (!collector_.full() && (code = av_read_frame(format_.get(), packet.get())) >= 0) {
      const bool ours = packet->stream_index == stream_->index, corrupt = packet->flags & AV_PKT_FLAG_CORRUPT;
      if (ours) {
        ++packets;
        if (corrupt) fail_damaged("a picture's data end too early");
        if ((code = avcodec_send_packet(codec_.get(), packet.get())) < 0) fail_damaged(reason_of(code));
      }
      av_packet_unref(packet.get());
      if (ours) receive(*frame);
    }
    if (collector_.full()) return;
    if (code != AVERROR_EOF) fail_damaged(reason_of(code));
    if (stream_->nb_frames > packets)
      fail_damaged(std::to_string(stream_->nb_frames) + " frames announced, " + std::to_string(packets) + " there");
    avcodec_send_packet(codec_.get(), nullptr);
    receive(*frame);
    if (!any_) fail_damaged("no frame can be decoded");
    if (!collector_.full()) collector_.end(next_);
  }

 private:
  void open_format() {
    auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBuffer));
    io_.reset(avio_alloc_context(buffer, kIoBuffer, 0, &source_, Source::read, nullptr, Source::seek));
    AVFormatContext* format = avformat_alloc_context();
    format->pb = io_.get();
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    const bool matroska = source_.file.size() >= 4 && std::memcmp(source_.file.data(), "\x1a\x45\xdf\xa3", 4) == 0;
    // On failure it frees `format`.
    const int opened =
        avformat_open_input(&format, nullptr, av_find_input_format(matroska ? "matroska" : "mov"), nullptr);
    if (opened < 0) fail_damaged(reason_of(opened));
    format_.reset(format);
    const int stream = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (stream < 0) throw Error("E312", "the file has sound, but no video");
    stream_ = format->streams[stream];
    for (unsigned i = 0; i < format->nb_streams; ++i)
      if (static_cast<int>(i) != stream) format->streams[i]->discard = AVDISCARD_ALL;
    const AVCodecParameters& known = *stream_->codecpar;
    if (known.width > 0 && known.height > 0)
      collector_.set_size(static_cast<std::uint64_t>(known.width), static_cast<std::uint64_t>(known.height));
  }

  void open_codec() {
    const AVCodecID id = stream_->codecpar->codec_id;
    static constexpr AVCodecID kKnown[] = {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC,  AV_CODEC_ID_VP8,  AV_CODEC_ID_VP9,
                                           AV_CODEC_ID_AV1,  AV_CODEC_ID_MPEG4, AV_CODEC_ID_MJPEG};
    const AVCodec* decoder = std::ranges::find(kKnown, id) == std::end(kKnown) ? nullptr : avcodec_find_decoder(id);
    if (!decoder)
      throw Error("E312", std::string("the video is coded as ") + avcodec_get_name(id) + ", which cannot be read",
                  "convert it to H.264, H.265, VP8, VP9 or AV1");
    codec_.reset(avcodec_alloc_context3(decoder));
    codec_->thread_count = 1;
    codec_->max_pixels = 500'000'000;
    codec_->err_recognition = AV_EF_EXPLODE;
    codec_->pkt_timebase = stream_->time_base;
    if (avcodec_parameters_to_context(codec_.get(), stream_->codecpar) < 0) fail_damaged("its header makes no sense");
    const int opened = avcodec_open2(codec_.get(), decoder, nullptr);
    if (opened < 0) fail_damaged(reason_of(opened));
  }

  /// All frames that the decoder has ready.
  void receive(AVFrame& frame) {
    for (;;) {
      const int code = avcodec_receive_frame(codec_.get(), &frame);
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      if (code < 0) fail_damaged(reason_of(code));
      if (frame.decode_error_flags || (frame.flags & AV_FRAME_FLAG_CORRUPT)) fail_damaged("a picture's data are wrong");
      if (!collector_.full()) visit(frame);
      av_frame_unref(&frame);
    }
  }

  void visit(const AVFrame& frame) {
    collector_.set_size(static_cast<std::uint64_t>(frame.width), static_cast<std::uint64_t>(frame.height));
    const double unit = av_q2d(stream_->time_base);
    const AVRational rate = stream_->avg_frame_rate.num > 0 ? stream_->avg_frame_rate : AVRational{25, 1};
    // Times that are missing or go back are those of the frame rate.
    double start = frame.best_effort_timestamp == AV_NOPTS_VALUE
                       ? next_
                       : static_cast<double>(frame.best_effort_timestamp) * unit - origin_.value_or(0);
    if (!origin_) origin_ = start, start = 0;
    if (any_ && start <= last_) start = next_;
    last_ = start;
    next_ = start + (frame.pkt_duration > 0 ? static_cast<double>(frame.pkt_duration) * unit : 1 / av_q2d(rate));
    any_ = true;
    if (collector_.begin(start)) collector_.take(turned(in_rgb(frame), rotation()));
  }

  std::shared_ptr<Image> in_rgb(const AVFrame& frame) {
    const auto format = static_cast<AVPixelFormat>(frame.format);
    // No size changes, so the filter only scales colour to the size of brightness.
    scaler_.reset(sws_getCachedContext(scaler_.release(), frame.width, frame.height, format, frame.width, frame.height,
                                       AV_PIX_FMT_RGB24, SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr,
                                       nullptr, nullptr));
    if (!scaler_) fail_damaged("its pixels are of an unknown kind");
    // Files that do not say follow the habit of players: BT.709 for HD, BT.601 below.
    int space = frame.colorspace;
    if (space == AVCOL_SPC_UNSPECIFIED || space == AVCOL_SPC_RGB)
      space = frame.height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    const int* weights = sws_getCoefficients(space);
    const bool full = frame.color_range == AVCOL_RANGE_JPEG || format == AV_PIX_FMT_YUVJ420P ||
                      format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ444P;
    sws_setColorspaceDetails(scaler_.get(), weights, full, weights, 1, 0, 1 << 16, 1 << 16);
    auto image = std::make_shared<Image>(frame.width, frame.height, 3);
    std::uint8_t* const rows[] = {image->row(0)};
    const int strides[] = {static_cast<int>(image->row_bytes())};
    if (sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, rows, strides) != frame.height)
      fail_damaged("a picture is not whole");
    return image;
  }

  /// Clockwise, as a phone wrote it down.
  int rotation() const {
    const std::uint8_t* matrix = av_stream_get_side_data(stream_, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
    if (!matrix) return 0;
    const double angle = -av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));
    if (!std::isfinite(angle)) return 0;
    return ((static_cast<int>(std::lround(angle / 90)) % 4 + 4) % 4) * 90;
  }

  Source source_;
  Collector& collector_;
  IoPtr io_;
  std::unique_ptr<AVFormatContext, CloseInput> format_;
  AVStream* stream_ = nullptr;
  CodecContextPtr codec_;
  ScalerPtr scaler_;
  std::optional<double> origin_;
  double last_ = 0, next_ = 0;
  bool any_ = false;
};

}  // namespace

void read_video(std::span<const std::uint8_t> file, Collector& collector) {
  Reader(file, collector).read();
}

}  // namespace pixgraph::media
