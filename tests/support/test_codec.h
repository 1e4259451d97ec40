// A codec of the tests: "TIMG", then width, height, channels and alpha kind as one byte each, then 8-bit samples.
#pragma once

#include <memory>
#include <string>

#include "registry.h"

namespace pixgraph::test {

inline Codec test_codec(std::string name = "timg", std::string extension = ".timg", bool alpha = true) {
  Codec codec;
  codec.info = {.name = std::move(name),
                .media_type = "image/x-timg",
                .extensions = {std::move(extension)},
                .magics = {{0, "TIMG", 0}},
                .writes_alpha = alpha};
  codec.header = [](const DecodeRequest& request) {
    return ImageHeader{request.bytes[4], request.bytes[5], request.bytes[6], Sample::u8, request.bytes[7] != 0};
  };
  codec.decode = [](const DecodeRequest& request) {
    if (request.bytes.size() < 8) throw Error("E311", "the picture is cut off");
    auto image = std::make_shared<Image>(request.bytes[4], request.bytes[5], request.bytes[6], Sample::u8,
                                         static_cast<Alpha>(request.bytes[7]));
    const std::size_t row = static_cast<std::size_t>(image->width()) * image->channels();
    for (int y = 0; y < image->height(); ++y) std::memcpy(image->row(y), request.bytes.data() + 8 + row * y, row);
    return image;
  };
  codec.encode = [](const Image& image, const EncodeRequest&) {
    Bytes bytes = {'T',
                   'I',
                   'M',
                   'G',
                   static_cast<std::uint8_t>(image.width()),
                   static_cast<std::uint8_t>(image.height()),
                   static_cast<std::uint8_t>(image.channels()),
                   static_cast<std::uint8_t>(image.alpha())};
    for (int y = 0; y < image.height(); ++y)
      bytes.insert(bytes.end(), image.row(y),
                   image.row(y) + static_cast<std::size_t>(image.width()) * image.channels());
    return bytes;
  };
  return codec;
}

/// Adds codecs to a registry, whose source then gives them.
inline void add_codecs(Registry& registry, std::vector<Codec> codecs) {
  for (const Codec& codec : codecs) registry.add(codec.info, "test.pixgraph.so");
  registry.set_source({nullptr, [codecs](const std::string&, const std::string& name) {
                         for (const Codec& codec : codecs)
                           if (codec.info.name == name) return codec;
                         throw Error("TEST", "no such codec");
                       }});
}

inline std::shared_ptr<Image> filled(int width, int height, int channels, std::uint8_t value,
                                     Alpha alpha = Alpha::none) {
  auto image = std::make_shared<Image>(width, height, channels, Sample::u8, alpha);
  for (int y = 0; y < height; ++y) std::memset(image->row(y), value, static_cast<std::size_t>(width) * channels);
  return image;
}

}  // namespace pixgraph::test
