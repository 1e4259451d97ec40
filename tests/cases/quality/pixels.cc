#include "pixels.h"

#include <csetjmp>
#include <cmath>
#include <cstdio>
#include <jpeglib.h>
#include <png.h>

namespace cases {

static Pixels read_png(const std::string& path) {
  Pixels pixels;
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_file(&image, path.c_str())) return pixels;
  image.format = PNG_FORMAT_RGBA;
  pixels.rgba.resize(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, pixels.rgba.data(), 0, nullptr)) return {};
  pixels.width = static_cast<int>(image.width);
  pixels.height = static_cast<int>(image.height);
  return pixels;
}

namespace {
struct Failure {
  jpeg_error_mgr manager;
  std::jmp_buf back;
};
}  // namespace

static void leave(j_common_ptr info) {
  std::longjmp(reinterpret_cast<Failure*>(info->err)->back, 1);
}

static Pixels read_jpeg(std::FILE* file) {
  static Pixels pixels;  // not on the stack: longjmp passes no destructors
  pixels = {};
  jpeg_decompress_struct info;
  Failure failure;
  info.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = leave;
  if (setjmp(failure.back)) {
    jpeg_destroy_decompress(&info);
    return {};
  }
  jpeg_create_decompress(&info);
  jpeg_stdio_src(&info, file);
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_EXT_RGBA;
  jpeg_start_decompress(&info);
  pixels.width = static_cast<int>(info.output_width);
  pixels.height = static_cast<int>(info.output_height);
  pixels.rgba.resize(static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height) * 4);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row =
        &pixels.rgba[static_cast<std::size_t>(info.output_scanline) * static_cast<std::size_t>(pixels.width) * 4];
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return pixels;
}

Pixels read_pixels(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) return {};
  const int first = std::fgetc(file);
  std::rewind(file);
  Pixels pixels = first == 0xff ? read_jpeg(file) : read_png(path);
  std::fclose(file);
  return pixels;
}

std::vector<bool> inside(const Pixels& cutout, int least, int radius) {
  const int w = cutout.width, h = cutout.height;
  const auto place = [w](int x, int y) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x);
  };
  std::vector<bool> all(place(0, h));
  std::vector<char> run(all.size());  // good along the row
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      bool good = true;
      for (int dx = -radius; dx <= radius && good; ++dx)
        good = x + dx >= 0 && x + dx < w && cutout.at(x + dx, y)[3] > least;
      run[place(x, y)] = good ? 1 : 0;
    }
  for (int y = radius; y < h - radius; ++y)
    for (int x = 0; x < w; ++x) {
      bool good = true;
      for (int dy = -radius; dy <= radius && good; ++dy) good = run[place(x, y + dy)] != 0;
      all[place(x, y)] = good;
    }
  return all;
}

double psnr(const Pixels& a, const Pixels& b, const std::vector<bool>& selected, int dx, int dy) {
  double sum = 0, count = 0;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) {
      const int bx = x + dx, by = y + dy;
      if (!selected[static_cast<std::size_t>(y) * static_cast<std::size_t>(a.width) + static_cast<std::size_t>(x)] ||
          bx < 0 || by < 0 || bx >= b.width || by >= b.height)
        continue;
      for (int c = 0; c < 3; ++c) {
        const double difference = a.at(x, y)[c] - b.at(bx, by)[c];
        sum += difference * difference;
      }
      count += 3;
    }
  if (count == 0) return 0;
  return sum == 0 ? 99 : 10 * std::log10(255.0 * 255.0 * count / sum);
}

double overlap(const Pixels& a, const Pixels& b) {
  if (a.width != b.width || a.height != b.height || a.width == 0) return 0;
  double both = 0, any = 0;
  for (std::size_t i = 3; i < a.rgba.size(); i += 4) {
    both += a.rgba[i] > 128 && b.rgba[i] > 128;
    any += a.rgba[i] > 128 || b.rgba[i] > 128;
  }
  return any == 0 ? 0 : both / any;
}

}  // namespace cases
