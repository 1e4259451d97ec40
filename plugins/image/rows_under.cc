#include "rows_under.h"

#include <cstring>

#include "alike.h"
#include "kernels/over.h"

namespace pixgraph::image {

void RowsUnder::begin(int width, int height, int channels, const ImageInfo& info) {
  const bool fits = !gather_ && top_->sample() == Sample::u8 && top_->alpha() == Alpha::straight &&
                    top_->colour_channels() == channels && top_->width() == width && top_->height() == height &&
                    same_profile(top_->info.icc, info.icc);
  channels_ = channels;
  info_ = info;
  if (fits) laid_ = sole_owner(top_);
  if (laid_) return;
  gathered_ = std::make_shared<Image>(width, height, channels);
  gathered_->info = info;
}

void RowsUnder::row(const std::uint8_t* samples) {
  const int y = y_++;
  if (!laid_) {
    std::memcpy(gathered_->row(y), samples, static_cast<std::size_t>(gathered_->width()) * channels_);
    return;
  }
  // Where this row will be when the picture has a channel less: never behind the row of `top` that it is made of.
  std::uint8_t* out = laid_->row(0) + Image::row_bytes_of(laid_->width(), channels_, Sample::u8) * y;
  over_row(laid_->row(y), samples, out, laid_->width(), channels_, opacity_);
}

std::shared_ptr<Image> RowsUnder::laid() {
  if (!laid_) return nullptr;
  auto image = std::make_shared<Image>(std::move(*laid_), channels_, Alpha::none);
  image->info = std::move(info_);
  return image;
}

}  // namespace pixgraph::image
