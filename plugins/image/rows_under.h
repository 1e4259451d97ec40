// RowsUnder: the photo below a cutout, laid there row by row while it is decoded, in the cutout's own memory: then the
// cutout is the only picture that is ever whole. Where they do not fit together so, the photo is gathered as a whole.
#pragma once

#include <pixgraph/codec.h>

namespace pixgraph::image {

class RowsUnder : public RowSink {
 public:
  /// `top` is taken, so null afterwards, where the rows fit: 8 bits, the same size, colours and profile, alpha on top
  /// only, and nobody else holds it. `whole`: they are gathered whatever comes.
  RowsUnder(ImagePtr& top, double opacity, bool whole) : top_(top), opacity_(opacity), gather_(whole) {}

  void begin(int width, int height, int channels, const ImageInfo& info) override;
  void row(const std::uint8_t* samples) override;

  /// After the last row: top over what came, as over() makes it; null where it was gathered.
  std::shared_ptr<Image> laid();
  /// After the last row: what came, where it was gathered.
  ImagePtr gathered() { return std::move(gathered_); }

 private:
  ImagePtr& top_;
  const double opacity_;
  const bool gather_;
  std::shared_ptr<Image> laid_, gathered_;
  ImageInfo info_;
  int channels_ = 0, y_ = 0;
};

}  // namespace pixgraph::image
