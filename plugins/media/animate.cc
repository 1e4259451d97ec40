// Animate - pictures, one after the other, as GIF, animated WebP or MP4.
#include <algorithm>

#include "animation.h"
#include "nodes.h"

namespace pixgraph::media {

static std::string size_of(const Image& image) {
  return std::to_string(image.width()) + "x" + std::to_string(image.height());
}

static std::vector<ImagePtr> frames_of(const Call& call) {
  std::vector<ImagePtr> frames;
  for (const Value& frame : call.list("frames")) frames.push_back(frame.image());
  if (frames.empty()) throw Error("E331", "`frames` is empty, so there is nothing to animate");
  for (std::size_t i = 1; i < frames.size(); ++i)
    if (frames[i]->width() != frames[0]->width() || frames[i]->height() != frames[0]->height())
      throw Error("E331",
                  "frame " + std::to_string(i + 1) + " is " + size_of(*frames[i]) + " and the first is " +
                      size_of(*frames[0]) + "; Animate needs equal sizes",
                  "put a Fit or Resize before, with both `width` and `height`");
  return frames;
}

static std::vector<double> seconds_of(const Call& call, std::size_t count) {
  if (!call.has("durations")) return std::vector<double>(count, 1 / call.number("fps"));
  std::vector<double> seconds;
  for (const Value& one : call.list("durations"))
    seconds.push_back(one.integer() ? static_cast<double>(*one.integer()) : *one.number());
  if (seconds.size() != count)
    throw Error("E331",
                "Animate has " + std::to_string(count) + " frames and " + std::to_string(seconds.size()) + " durations",
                "give one duration for each frame, in seconds, or leave them out and say `fps`");
  for (std::size_t i = 0; i < count; ++i)
    if (!(seconds[i] >= 0.001 && seconds[i] <= 3600))
      throw Error("E335", "the duration of frame " + std::to_string(i + 1) + " is no time from 0.001 to 3600 seconds");
  return seconds;
}

static Dither dither_named(const std::string& name) {
  if (name == "none") return Dither::none;
  return name == "ordered" ? Dither::ordered : Dither::floyd_steinberg;
}

static void run(Call& call) {
  Animation animation;
  animation.frames = frames_of(call);
  animation.seconds = seconds_of(call, animation.frames.size());
  animation.loop = static_cast<int>(call.integer("loop"));
  animation.canceled = [&call] { return call.canceled(); };
  const std::string& format = call.text("format");
  const int quality = static_cast<int>(call.integer("quality"));
  if (format == "gif" && *std::ranges::min_element(animation.seconds) < 0.02)
    call.warn("players show GIF frames of less than 0.02 s for 0.1 s: MP4 and WebP keep such times");
  const Image& first = *animation.frames[0];
  if (format == "mp4" && (first.width() % 2 != 0 || first.height() % 2 != 0))
    call.warn("mp4 has even sides only: the last column or row of " + size_of(first) + " is there twice");
  Bytes bytes;
  if (format == "gif")
    bytes = write_gif(animation, {static_cast<int>(call.integer("colors")), dither_named(call.text("dither")),
                                  call.text("palette") == "shared"});
  else if (format == "webp")
    bytes = write_webp(animation, {quality, call.boolean("lossless")});
  else
    bytes = write_mp4(animation, quality, call.text("background"));
  call.set("file", call.host().save(bytes, "animation." + format, format == "mp4" ? "video/mp4" : "image/" + format));
}

void add_animate(Registrar& registrar) {
  registrar.add(
      Spec("Animate", "Makes an animation or a video of pictures")
          .in("frames", list_of(Type::image), "the pictures in order, all of one size; in sRGB and 8 bit after it")
          .optional_in("durations", list_of(Type::number), "how long each is seen, in seconds, instead of `fps`")
          .choice(
              "format", "gif", {"gif", "webp", "mp4"},
              "gif: 256 colours and holes, seen everywhere; webp: true colours and alpha; mp4: H.264, no alpha, even "
              "sides")
          .param("fps", 10.0, {0.01, 240}, "1/s", "frames per second")
          .param("loop", 0, {0, 65535}, "", "gif, webp: how often it is played; 0: for ever")
          .param("quality", 75, {1, 100}, "", "webp and mp4")
          .param("lossless", false, "webp: every pixel stays as it is")
          .param("colors", 256, {2, 256}, "", "gif: at most so many, with the transparent one")
          .choice("dither", "floyd_steinberg", {"floyd_steinberg", "ordered", "none"},
                  "gif, where colours do not suffice: floyd_steinberg is smoothest, ordered keeps still what does not "
                  "move, none gives flat areas and the smallest files")
          .choice("palette", "frame", {"frame", "shared"},
                  "gif: colours chosen for each frame, or the same for all, which flickers less")
          .param("background", "#ffffff", "mp4: \"#rrggbb\" under what is transparent")
          .colour("background", {}, Form::opaque_colour)
          .rule({.kind = Rule::Kind::only_with,
                 .groups = {{"lossless"}, {"format", "webp"}},
                 .message = "`lossless` is a choice that only WebP has, and `format` is {format}",
                 .hint = "write `format: webp`"})
          .out("file", Type::file, "the animation")
          .since(2)
          .example("animation: {type: Animate, frames: [\"${first}\", \"${second}\"], format: webp, fps: 2}"),
      run);
}

}  // namespace pixgraph::media
