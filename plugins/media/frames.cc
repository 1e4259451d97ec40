// Frames - the frames of an animation or a video, each a picture.
// Whole or not at all: a file that breaks off in the middle is an error, not a shorter animation.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>

#include "collector.h"
#include "nodes.h"
#include "pixels.h"

namespace pixgraph::media {

static Bytes bytes_of(const File& file) {
  std::ifstream stream(file.path, std::ios::binary);
  if (!stream) throw Error("E601", "`" + file.name + "` cannot be read: it is not there");
  Bytes bytes(static_cast<std::size_t>(file.size));
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

static bool has(std::span<const std::uint8_t> file, std::size_t offset, std::string_view bytes) {
  return file.size() >= offset + bytes.size() && std::memcmp(file.data() + offset, bytes.data(), bytes.size()) == 0;
}

static bool is_video(std::span<const std::uint8_t> file) {
  if (has(file, 0, "\x1a\x45\xdf\xa3")) return true;
  if (!has(file, 4, "ftyp")) return false;
  // HEIF and AVIF are stills in the same kind of box.
  const auto stills = {"heic", "heix", "heim", "heis", "mif1", "msf1", "avif", "avis"};
  return std::ranges::none_of(stills, [&](const char* brand) { return has(file, 8, brand); });
}

static void read(std::span<const std::uint8_t> file, const std::string& name, Collector& collector) {
  if (has(file, 0, "GIF87a") || has(file, 0, "GIF89a"))
    read_gif(file, collector);
  else if (has(file, 0, "RIFF") && has(file, 8, "WEBP"))
    read_webp(file, collector);
  else if (is_video(file))
    read_video(file, collector);
  else
    throw Error("E312", "`" + name + "` is no animation that can be read",
                "GIF, WebP, MP4, MOV and WebM are told by their content; a still picture is one image as it is");
}

static void run(Call& call) {
  const FilePtr file = call.file("file");
  Choice choice;
  choice.first = static_cast<int>(call.integer("first"));
  choice.every = static_cast<int>(call.integer("every"));
  choice.count = static_cast<int>(call.integer("count"));
  choice.max_pixels = static_cast<std::uint64_t>(call.integer("max_megapixels")) * 1'000'000;
  choice.canceled = [&call] { return call.canceled(); };
  Collector collector(choice);
  try {
    read(bytes_of(*file), file->name, collector);
  } catch (Error& error) {
    throw error.at(file->name);
  }
  std::vector<std::shared_ptr<Image>> frames = collector.frames();
  if (frames.empty())
    throw Error("E331",
                "`first: " + std::to_string(choice.first) + "` lies behind the last frame of `" + file->name + "`",
                "frames are counted from 0");
  // All alike: with alpha where any frame needs it.
  if (frames[0]->has_alpha() && std::ranges::all_of(frames, [](const auto& frame) { return opaque(*frame); }))
    for (auto& frame : frames) frame = without_alpha(*frame);
  const std::vector<double>& durations = collector.durations();
  const double total = std::accumulate(durations.begin(), durations.end(), 0.0);
  call.set("width", frames[0]->width());
  call.set("height", frames[0]->height());
  call.set("count", static_cast<std::int64_t>(frames.size()));
  call.set("fps", total > 0 ? static_cast<double>(frames.size()) / total : 0.0);
  call.set("frames", List(frames.begin(), frames.end()));
  call.set("durations", List(durations.begin(), durations.end()));
}

void add_frames(Registrar& registrar) {
  registrar.add(
      Spec("Frames", "Takes an animation or a video apart into pictures")
          .in("file", Type::file, "GIF, animated WebP, MP4, MOV or WebM, told by its content")
          .param("first", 0, {0, 1000000}, "", "the first frame to take, counted from 0")
          .param("every", 1, {1, 100000}, "", "then each so-and-so-many-th")
          .param("count", 0, {0, 1000000}, "", "how many to take at most; 0: up to the end")
          .param("max_megapixels", 500, {1, 100000}, "MP",
                 "of all frames that are taken together; more is an error before memory is taken")
          .out("frames", list_of(Type::image), "the frames in order, all of one size, with alpha where any has it")
          .out("durations", list_of(Type::number), "how long each is seen, in seconds, up to the next one taken")
          .out("count", Type::integer, "how many were taken")
          .out("fps", Type::number, "frames per second, on average; a still picture counts as seen for 0.1 s")
          .out("width", Type::integer, "of a frame, in pixels")
          .out("height", Type::integer, "of a frame, in pixels")
          .example("frames: {type: Frames, file: \"${clip}\", every: 5, count: 12}"),
      run);
}

}  // namespace pixgraph::media
