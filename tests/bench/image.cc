// bench image: pixels beside the tools people use for them, on pictures of 12 megapixels.
//   to 1024 px wide: JPEG to JPEG, JPEG to WebP, WebP to WebP, PNG with alpha to PNG; a batch per process where the
//   tool takes one, so that starting up weighs the same; a cutout over a photo; a mask grown and feathered
// What pixgraph made is compared with what vips made: nobody is fast by doing less.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>

#include "bench.h"

namespace bench {

namespace fs = std::filesystem;

static constexpr int kWidth = 4000, kHeight = 3000, kPhotos = 12, kCutouts = 6, kRounds = 5;

/// Values at the corners of cells, smooth between them.
class Clouds {
 public:
  Clouds(int cell, float strength, std::mt19937& random) : cell_(cell), across_(kWidth / cell + 2) {
    std::uniform_real_distribution<float> value(-strength, strength);
    corners_.resize(static_cast<std::size_t>(across_) * (kHeight / cell + 2));
    for (float& corner : corners_) corner = value(random);
  }
  void add_row(int y, std::vector<float>& row) const {
    const float down = static_cast<float>(y % cell_) / static_cast<float>(cell_);
    const float* above = &corners_[static_cast<std::size_t>(y / cell_) * across_];
    const float* below = above + across_;
    for (int left = 0, i = 0; left < kWidth; left += cell_, ++i) {
      const float from = above[i] + (below[i] - above[i]) * down;
      const float to = above[i + 1] + (below[i + 1] - above[i + 1]) * down;
      for (int x = left; x < std::min(left + cell_, kWidth); ++x)
        row[x] += from + (to - from) * static_cast<float>(x - left) / static_cast<float>(cell_);
    }
  }

 private:
  int cell_, across_;
  std::vector<float> corners_;
};

/// Gradients, detail of every size, hard edges and the grain of a sensor: about as many bytes as a photo has.
static void write_photo(const std::string& path, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Clouds> clouds;
  for (const auto& [cell, strength] : {std::pair(500, 60.0F), {125, 25.0F}, {25, 10.0F}, {5, 5.0F}})
    clouds.emplace_back(cell, strength, random);
  struct Disc {
    int x, y, radius;
    float light;
  };
  std::vector<Disc> discs;
  for (int i = 0; i < 60; ++i)
    discs.push_back({static_cast<int>(random() % kWidth), static_cast<int>(random() % kHeight),
                     static_cast<int>(20 + random() % 250), static_cast<float>(random() % 100) - 50});
  std::vector<float> row(kWidth);
  std::string pixels(static_cast<std::size_t>(kWidth) * 3, '\0');
  std::ofstream out(path, std::ios::binary);
  out << "P6\n" << kWidth << " " << kHeight << "\n255\n";
  for (int y = 0; y < kHeight; ++y) {
    std::fill(row.begin(), row.end(), 90.0F + 60.0F * static_cast<float>(y) / kHeight);
    for (const Clouds& cloud : clouds) cloud.add_row(y, row);
    for (const Disc& disc : discs) {
      const int half = disc.radius * disc.radius - (y - disc.y) * (y - disc.y);
      if (half <= 0) continue;
      const int reach = static_cast<int>(std::sqrt(half));
      for (int x = std::max(0, disc.x - reach); x < std::min(kWidth, disc.x + reach); ++x) row[x] += disc.light;
    }
    for (int x = 0; x < kWidth; ++x) {
      const auto grain = static_cast<std::uint32_t>(random());
      for (int c = 0; c < 3; ++c) {
        const float tint = 25.0F * static_cast<float>(c - 1) * static_cast<float>(x) / kWidth;
        const float noise = static_cast<float>((grain >> (8 * c)) & 7) - 3.5F;
        pixels[static_cast<std::size_t>(x) * 3 + c] =
            static_cast<char>(std::clamp(row[x] + tint + noise, 0.0F, 255.0F));
      }
    }
    out << pixels;
  }
}

/// A subject with a soft border, some arms and holes.
static void write_mask(const std::string& path, unsigned seed) {
  std::ofstream out(path, std::ios::binary);
  out << "P5\n" << kWidth << " " << kHeight << "\n255\n";
  std::string pixels(kWidth, '\0');
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const float dx = static_cast<float>(x - kWidth / 2), dy = static_cast<float>(y - kHeight / 2);
      const float edge = 1000 + 250 * std::sin(static_cast<float>(5 + seed % 4) * std::atan2(dy, dx));
      const bool hole =
          (x / 300 + y / 300) % 5 == 0 && (x % 300 - 150) * (x % 300 - 150) + (y % 300 - 150) * (y % 300 - 150) < 2500;
      pixels[x] =
          hole ? 0 : static_cast<char>(std::clamp((edge - std::sqrt(dx * dx + dy * dy)) * 40 + 128, 0.0F, 255.0F));
    }
    out << pixels;
  }
}

static std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

static void pipeline(const Folder& folder, const std::string& name, const std::string& inputs, const std::string& nodes,
                     const std::string& outputs) {
  cases::write_file(folder.path(name + ".yaml"), "pixgraph: 1\nname: " + name + "\ninputs: {" + inputs + "}\nnodes:\n" +
                                                     nodes + "outputs:\n" + outputs);
}

static Side run(std::vector<std::string> words) {
  Side side;
  side.name = "pixgraph";
  side.words = {program("pixgraph"), "run"};
  side.words.insert(side.words.end(), words.begin(), words.end());
  return side;
}

/// The pictures to work on, made by pixgraph from plain ones.
static void make_inputs(const Folder& folder) {
  fs::create_directories(folder.path("plain"));
  std::string table = "photo,mask\n";
  for (int i = 0; i < kPhotos; ++i) {
    const std::string photo = fmt::format("plain/{:02}.ppm", i), mask = fmt::format("plain/{:02}.pgm", i);
    write_photo(folder.path(photo), static_cast<unsigned>(i));
    write_mask(folder.path(mask), static_cast<unsigned>(i));
    table += photo + "," + mask + "\n";
  }
  cases::write_file(folder.path("plain.csv"), table);
  pipeline(folder, "inputs", "photo: {type: image}, mask: {type: mask}",
           "  cutout: {type: ApplyMask, image: \"${photo}\", mask: \"${mask}\"}\n",
           "  jpeg: {value: \"${photo}\", file: \"jpeg/${photo.stem}.jpg\", quality: 92}\n"
           "  webp: {value: \"${photo}\", file: \"webp/${photo.stem}.webp\", quality: 90}\n"
           "  png: {value: \"${cutout}\", file: \"png/${photo.stem}.png\"}\n"
           "  mask: {value: \"${mask}\", file: \"mask/${photo.stem}.png\"}\n");
  compare(folder, {run({"inputs.yaml", "plain.csv", "--out", "in", "--state", "inputs-state"})}, 1);
  for (int i = kCutouts; i < kPhotos; ++i) {  // these take long enough by fewer
    fs::remove(folder.path(fmt::format("in/png/{:02}.png", i)));
    fs::remove(folder.path(fmt::format("in/webp/{:02}.webp", i)));
  }
  fs::remove_all(folder.path("plain"));
}

static std::vector<std::string> files_in(const Folder& folder, const std::string& name) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder.path(name))) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

static std::string one_of(const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (std::string path = installed(name); !path.empty()) return path;
  return "";
}

/// The command of a shell that does the same to every file: $f, into $o.
static std::vector<std::string> for_each_file(const std::string& files, const std::string& to,
                                              const std::string& ending, const std::string& command) {
  return {"/bin/sh", "-ec",
          "for f in " + files + "/*; do o=" + to + "/$(basename \"${f%.*}\")" + ending + "; " + command + "; done"};
}

/// The least PSNR between what two sides wrote under the same names.
static double agreement(const Folder& folder, const std::string& ours, const std::string& theirs) {
  pipeline(folder, "agree", "a: {type: image}, b: {type: image}",
           "  compare: {type: Compare, image: \"${a}\", reference: \"${b}\"}\n",
           "  psnr: {value: \"${compare.psnr}\", file: \"${a.stem}.txt\"}\n");
  std::string table = "a,b\n";
  for (const std::string& file : files_in(folder, ours))
    table += quoted(file) + "," + quoted(folder.path(theirs + "/" + fs::path(file).filename().string())) + "\n";
  cases::write_file(folder.path("agree.csv"), table);
  fs::remove_all(folder.path("agree"));
  compare(folder, {run({"agree.yaml", "agree.csv", "--out", "agree", "--state", "agree-state"})}, 1);
  double least = 1000;
  for (const std::string& file : files_in(folder, "agree")) least = std::min(least, std::stod(cases::read_file(file)));
  return least;
}

struct Work {
  std::string name;                   // also of the folders that results go to
  std::string from, ending;           // the folder of its inputs, and of its outputs' names
  double target = 0, least_psnr = 0;  // 0: none
  int count = 1;                      // pictures per process
  std::vector<Side> sides;            // pixgraph, then vips, then others
};

static std::string out_of(const Work& work, const std::string& side) {
  return work.name + "/" + side;
}

static void add(Work& work, const std::string& name, const std::string& needs, std::vector<std::string> words) {
  if (needs.empty()) return;
  Side side;
  side.name = name;
  side.words = std::move(words);
  work.sides.push_back(std::move(side));
}

static bool measure(const Folder& folder, Work work) {
  for (Side& side : work.sides)
    side.before = [&folder, to = out_of(work, side.name), state = work.name + "-state"] {
      fs::remove_all(folder.path(to));
      fs::remove_all(folder.path(state));
      fs::create_directories(folder.path(to));
    };
  const auto figures = compare(folder, work.sides, kRounds);
  fmt::print("{} ({} per process)\n", work.name, work.count);
  bool held = true;
  const bool vips = figures.contains("vips");
  const Figures own = figures.at("pixgraph");
  for (const Side& side : work.sides) {
    const Figures& f = figures.at(side.name);
    fmt::print("  {:<12} cpu {:7.1f} ms   wall {:7.1f} ms   {:4.0f} MB", side.name, f.cpu * 1000 / work.count,
               f.wall * 1000 / work.count, f.rss_mb);
    if (side.name != "pixgraph")
      fmt::print("   pixgraph: {:.2f} of its cpu, {:.2f} of its wall, {:.2f} of its memory", own.cpu / f.cpu,
                 own.wall / f.wall, own.rss_mb / f.rss_mb);
    fmt::print("\n");
  }
  if (vips) {
    const double psnr = agreement(folder, out_of(work, "pixgraph"), out_of(work, "vips"));
    fmt::print("  the results agree to {:.1f} dB", psnr);
    if (work.least_psnr > 0) fmt::print(" (at least {:.0f})", work.least_psnr), held = psnr >= work.least_psnr;
    if (work.target > 0) {
      const bool fast = own.cpu / figures.at("vips").cpu <= work.target;
      fmt::print("; cpu {} the {:.2f} of vips' aimed at", fast ? "is within" : "is OVER", work.target);
    }
    fmt::print("\n");
  }
  return held;
}

/// Every tool's way to make pictures 1024 px wide.
static Work smaller(const Folder& folder, const std::string& from, const std::string& ending, double target,
                    double least_psnr) {
  Work work{from + " to " + ending.substr(1),
            from,
            ending,
            target,
            least_psnr,
            static_cast<int>(files_in(folder, "in/" + from).size()),
            {}};
  const std::string file = "small-" + from + ending;
  const bool lossy = ending != ".png";
  pipeline(
      folder, file, "photo: {type: image}", "  small: {type: Resize, image: \"${photo}\", width: 1024}\n",
      "  small: {value: \"${small}\", file: \"${photo.stem}" + ending + "\"" + (lossy ? ", quality: 85" : "") + "}\n");
  const auto to = [&](const std::string& side) { return folder.path(out_of(work, side)); };
  const auto shell_to = [&](const std::string& side) { return "'" + to(side) + "'"; };
  work.sides.push_back(run({file + ".yaml", "in/" + from, "--out", to("pixgraph"), "--state", work.name + "-state"}));
  std::vector<std::string> vips = {installed("vipsthumbnail"), "-s", "1024x100000", "-o",
                                   to("vips") + "/%s" + ending + (lossy ? "[Q=85]" : "")};
  for (const std::string& photo : files_in(folder, "in/" + from)) vips.push_back(photo);
  add(work, "vips", vips[0], vips);
  const std::string magick = one_of({"magick", "convert-im6.q16", "convert-im6"});
  add(work, "ImageMagick", magick,
      for_each_file("in/" + from, shell_to("ImageMagick"), ending,
                    magick + " \"$f\" -filter Lanczos -resize 1024x -quality 85 \"$o\""));
  const std::string oiiotool = installed("oiiotool");
  add(work, "oiiotool", oiiotool,
      for_each_file("in/" + from, shell_to("oiiotool"), ending,
                    oiiotool + " --threads 1 \"$f\" --resize:filter=triangle 1024x0 -o \"$o\""));
  if (fs::exists(fs::path(PIXGRAPH_JS_CLIENT) / "node_modules/sharp"))
    add(work, "sharp", installed("node"),
        {installed("node"), std::string(PIXGRAPH_BENCH_DIR) + "/image.mjs", PIXGRAPH_JS_CLIENT, "in/" + from,
         to("sharp"), ending});
  return work;
}

/// A program that works on one file at a time is given one: both start up once for it.
static Work composite(const Folder& folder) {
  Work work{"cutout over photo to jpg", "png", ".jpg", 0.5, 40, 1, {}};
  pipeline(folder, "composite", "over: {type: image}, under: {type: image}",
           "  both: {type: Composite, over: \"${over}\", under: \"${under}\"}\n",
           "  both: {value: \"${both}\", file: \"00.jpg\", quality: 90}\n");
  cases::write_file(folder.path("composite.csv"), "over,under\nin/png/00.png,in/jpeg/01.jpg\n");
  work.sides.push_back(
      run({"composite.yaml", "composite.csv", "--out", out_of(work, "pixgraph"), "--state", work.name + "-state"}));
  const auto file = [&](const std::string& side) { return folder.path(out_of(work, side) + "/00.jpg"); };
  add(work, "vips", installed("vips"),
      {installed("vips"), "composite2", "in/jpeg/01.jpg", "in/png/00.png", file("vips") + "[Q=90]", "over"});
  const std::string magick = one_of({"magick", "convert-im6.q16", "convert-im6"});
  add(work, "ImageMagick", magick,
      {magick, "in/jpeg/01.jpg", "in/png/00.png", "-composite", "-quality", "90", file("ImageMagick")});
  return work;
}

static Work mask(const Folder& folder) {
  Work work{"mask grown and feathered", "mask", ".png", 0.3, 0, 1, {}};
  pipeline(folder, "mask", "mask: {type: mask}",
           "  wider: {type: MaskGrow, mask: \"${mask}\", radius: 8}\n"
           "  soft: {type: MaskFeather, mask: \"${wider}\", radius: 16}\n",
           "  soft: {value: \"${soft}\", file: \"00.png\"}\n");
  work.sides.push_back(
      run({"mask.yaml", "in/mask/00.png", "--out", out_of(work, "pixgraph"), "--state", work.name + "-state"}));
  const auto file = [&](const std::string& side) { return "'" + folder.path(out_of(work, side)) + "/00.png'"; };
  const std::string vips = installed("vips"), magick = one_of({"magick", "convert-im6.q16", "convert-im6"});
  add(work, "vips", vips,
      {"/bin/sh", "-ec",
       vips + " rank in/mask/00.png wider.v 17 17 288; " + vips + " gaussblur wider.v " + file("vips") +
           "[compression=1] 8"});
  add(work, "ImageMagick", magick,
      {"/bin/sh", "-ec",
       magick + " in/mask/00.png -morphology dilate disk:8 -blur 0x8 -quality 10 " + file("ImageMagick")});
  return work;
}

int image() {
  const Folder folder;
  make_inputs(folder);
  const auto megabytes = [&](const std::string& name) {
    return static_cast<double>(fs::file_size(files_in(folder, "in/" + name).front())) / 1e6;
  };
  fmt::print("{}x{}; JPEG {:.1f} MB, WebP {:.1f} MB, PNG with alpha {:.1f} MB; medians of {}, in turns\n", kWidth,
             kHeight, megabytes("jpeg"), megabytes("webp"), megabytes("png"), kRounds);
  bool held = true;
  for (const Work& work : {smaller(folder, "jpeg", ".jpg", 0.5, 40), smaller(folder, "jpeg", ".webp", 0.7, 40),
                           smaller(folder, "webp", ".webp", 0, 40), smaller(folder, "png", ".png", 0.55, 50),
                           composite(folder), mask(folder)})
    held = measure(folder, work) && held;
  return held ? 0 : 1;
}

}  // namespace bench
