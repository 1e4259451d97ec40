#include "animation.h"

#include <dlfcn.h>
#include <gif_lib.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "video.h"

namespace sandbox {

namespace {

// A cube of colours: even steps of red, green and blue.
constexpr int kRed = 6, kGreen = 7, kBlue = 6, kColours = 256;

int append(GifFileType* gif, const GifByteType* bytes, int count) {
  static_cast<std::string*>(gif->UserData)
      ->append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
  return count;
}

void check(int code) {
  if (code == GIF_ERROR) throw std::runtime_error("the GIF file could not be written");
}

// The step of a level in `steps`, with a threshold from an 8 x 8 Bayer matrix so that no bands are seen.
int step_of(int level, int steps, int x, int y) {
  static constexpr int kBayer[8][8] = {{0, 32, 8, 40, 2, 34, 10, 42},  {48, 16, 56, 24, 50, 18, 58, 26},
                                       {12, 44, 4, 36, 14, 46, 6, 38}, {60, 28, 52, 20, 62, 30, 54, 22},
                                       {3, 35, 11, 43, 1, 33, 9, 41},  {51, 19, 59, 27, 49, 17, 57, 25},
                                       {15, 47, 7, 39, 13, 45, 5, 37}, {63, 31, 55, 23, 61, 29, 53, 21}};
  const double at = level / 255.0 * (steps - 1);
  return std::min(steps - 1, static_cast<int>(at + (kBayer[y % 8][x % 8] + 0.5) / 64));
}

struct FreeColours {
  void operator()(ColorMapObject* colours) const { GifFreeMapObject(colours); }
};

}  // namespace

std::string encode_gif(const std::vector<Picture>& frames, int frames_per_second) {
  std::string bytes;
  int failure = 0;
  const auto close = [](GifFileType* open) { EGifCloseFile(open, nullptr); };
  std::unique_ptr<GifFileType, decltype(close)> gif(EGifOpen(&bytes, append, &failure), close);
  if (!gif) throw std::runtime_error("the GIF file could not be written");
  const std::unique_ptr<ColorMapObject, FreeColours> colours(GifMakeMapObject(kColours, nullptr));
  for (int i = 0; i < kRed * kGreen * kBlue; ++i) {
    const auto level = [](int step, int steps) { return static_cast<GifByteType>(step * 255 / (steps - 1)); };
    colours->Colors[i] = {level(i / (kGreen * kBlue), kRed), level(i / kBlue % kGreen, kGreen),
                          level(i % kBlue, kBlue)};
  }
  const int width = frames.front().width, height = frames.front().height;
  EGifSetGifVersion(gif.get(), true);
  check(EGifPutScreenDesc(gif.get(), width, height, 8, 0, colours.get()));
  const GifByteType for_ever[] = {1, 0, 0};
  check(EGifPutExtensionLeader(gif.get(), APPLICATION_EXT_FUNC_CODE));
  check(EGifPutExtensionBlock(gif.get(), 11, "NETSCAPE2.0"));
  check(EGifPutExtensionBlock(gif.get(), sizeof for_ever, for_ever));
  check(EGifPutExtensionTrailer(gif.get()));
  std::vector<GifPixelType> row(static_cast<std::size_t>(width));
  for (const Picture& frame : frames) {
    GraphicsControlBlock control{DISPOSE_DO_NOT, false, std::max(2, 100 / frames_per_second), NO_TRANSPARENT_COLOR};
    GifByteType packed[4];
    EGifGCBToExtension(&control, packed);
    check(EGifPutExtension(gif.get(), GRAPHICS_EXT_FUNC_CODE, sizeof packed, packed));
    check(EGifPutImageDesc(gif.get(), 0, 0, width, height, false, nullptr));
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const std::uint8_t* pixel = frame.at(x, y);
        row[x] = static_cast<GifPixelType>((step_of(pixel[0], kRed, x, y) * kGreen + step_of(pixel[1], kGreen, x, y)) *
                                               kBlue +
                                           step_of(pixel[2], kBlue, x, y));
      }
      check(EGifPutLine(gif.get(), row.data(), width));
    }
  }
  check(EGifCloseFile(gif.release(), &failure));
  return bytes;
}

std::string encode_mp4(const std::vector<Picture>& frames, int frames_per_second) {
  static const auto encode = []() -> decltype(&sandbox_encode_mp4) {
    std::error_code failure;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path() / "sandbox-video.so";
    void* library = ::dlopen(beside.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed
    return library ? reinterpret_cast<decltype(&sandbox_encode_mp4)>(::dlsym(library, "sandbox_encode_mp4")) : nullptr;
  }();
  if (!encode) throw std::runtime_error("no MP4 encoder: sandbox-video.so is not beside the program");
  std::vector<const std::uint8_t*> rows;
  for (const Picture& frame : frames) rows.push_back(frame.rgba.data());
  std::string bytes;
  const char* failure = encode(
      {rows.data(), static_cast<int>(rows.size()), frames.front().width, frames.front().height, frames_per_second},
      &bytes, [](void* sink, const unsigned char* from, std::size_t count) {
        static_cast<std::string*>(sink)->assign(reinterpret_cast<const char*>(from), count);
      });
  if (failure) throw std::runtime_error(std::string("the MP4 file could not be written: ") + failure);
  return bytes;
}

}  // namespace sandbox
