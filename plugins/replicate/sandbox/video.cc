#include "video.h"

#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libswscale/swscale.h>
}

namespace {

template <class T, void (*free)(T**)>
struct Freed {
  void operator()(T* object) const { free(&object); }
};
using CodecPtr = std::unique_ptr<AVCodecContext, Freed<AVCodecContext, avcodec_free_context>>;
using FramePtr = std::unique_ptr<AVFrame, Freed<AVFrame, av_frame_free>>;
using PacketPtr = std::unique_ptr<AVPacket, Freed<AVPacket, av_packet_free>>;

struct FreeFormat {
  void operator()(AVFormatContext* format) const { avformat_free_context(format); }
};
struct FreeScaler {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

// Takes what the encoder has ready; false where it failed.
bool drain(AVCodecContext* codec, AVFormatContext* format, AVStream* stream) {
  const PacketPtr packet(av_packet_alloc());
  for (;;) {
    const int code = avcodec_receive_packet(codec, packet.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return true;
    if (code < 0) return false;
    packet->duration = 1;
    packet->stream_index = stream->index;
    av_packet_rescale_ts(packet.get(), codec->time_base, stream->time_base);
    if (av_interleaved_write_frame(format, packet.get()) < 0) return false;
  }
}

}  // namespace

const char* sandbox_encode_mp4(SandboxFrames frames, void* sink,
                               void (*take)(void* sink, const unsigned char* bytes, std::size_t count)) {
  av_log_set_level(AV_LOG_QUIET);
  AVFormatContext* made = nullptr;
  if (avformat_alloc_output_context2(&made, nullptr, "mp4", nullptr) < 0) return "no MP4 here";
  const std::unique_ptr<AVFormatContext, FreeFormat> format(made);
  const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
  const CodecPtr codec(avcodec_alloc_context3(encoder));
  AVStream* stream = avformat_new_stream(format.get(), nullptr);
  if (!encoder || !codec || !stream) return "no H.264 encoder here";
  codec->width = frames.width;
  codec->height = frames.height;
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->time_base = {1, frames.frames_per_second};
  codec->framerate = {frames.frames_per_second, 1};
  codec->thread_count = 1;  // the same bytes for the same frames
  codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
  format->flags |= AVFMT_FLAG_BITEXACT;
  if (avcodec_open2(codec.get(), encoder, nullptr) < 0) return "H.264 does not take this size";
  if (avcodec_parameters_from_context(stream->codecpar, codec.get()) < 0) return "no memory";
  stream->time_base = codec->time_base;
  if (avio_open_dyn_buf(&format->pb) < 0) return "no memory";
  const char* failure = avformat_write_header(format.get(), nullptr) < 0 ? "its head failed" : nullptr;
  const std::unique_ptr<SwsContext, FreeScaler> scaler(sws_getContext(frames.width, frames.height, AV_PIX_FMT_RGBA,
                                                                      frames.width, frames.height, codec->pix_fmt,
                                                                      SWS_BICUBIC, nullptr, nullptr, nullptr));
  for (int i = 0; i < frames.count && !failure; ++i) {
    const FramePtr frame(av_frame_alloc());
    frame->format = codec->pix_fmt;
    frame->width = frames.width;
    frame->height = frames.height;
    frame->pts = i;
    const std::uint8_t* const rows[] = {frames.rgba[i]};
    const int strides[] = {frames.width * 4};
    if (!scaler || av_frame_get_buffer(frame.get(), 0) < 0 ||
        sws_scale(scaler.get(), rows, strides, 0, frames.height, frame->data, frame->linesize) < 0 ||
        avcodec_send_frame(codec.get(), frame.get()) < 0 || !drain(codec.get(), format.get(), stream))
      failure = "a frame failed";
  }
  if (!failure && (avcodec_send_frame(codec.get(), nullptr) < 0 || !drain(codec.get(), format.get(), stream) ||
                   av_write_trailer(format.get()) < 0))
    failure = "its end failed";
  unsigned char* bytes = nullptr;
  const int count = avio_close_dyn_buf(format->pb, &bytes);
  format->pb = nullptr;
  if (!failure) take(sink, bytes, static_cast<std::size_t>(count));
  av_free(bytes);
  return failure;
}
