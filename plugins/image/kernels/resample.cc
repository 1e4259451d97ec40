#include "kernels/resample.h"

#include <algorithm>
#include <vector>

#include "kernels/resample_rows.h"
#include "kernels/resample_weights.h"
#include "kernels/samples.h"

namespace pixgraph::image {
namespace {

/// Source rows in another form (premultiplied, or as float): each is made once and lives while the window needs it.
template <class T>
class RowCache {
 public:
  RowCache(int capacity, std::size_t row_samples)
      : capacity_(capacity),
        stride_(row_samples + kRowMargin),
        held_(static_cast<std::size_t>(capacity), -1),
        rows_(static_cast<std::size_t>(capacity) * stride_) {}
  template <class Make>
  const T* row(int y, Make&& make) {
    const auto slot = static_cast<std::size_t>(y % capacity_);
    T* row = rows_.data() + slot * stride_;
    if (held_[slot] != y) {
      make(y, row);
      held_[slot] = y;
    }
    return row;
  }

 private:
  int capacity_;
  std::size_t stride_;
  std::vector<int> held_;
  std::vector<T> rows_;
};

/// The columns of the source that count, and the weights with their first column as 0.
struct Columns {
  Columns(const Image& image, const Region& region, int width, Filter filter)
      : weights(make_weights(image.width(), region.left, region.width, width, filter)) {
    begin = *std::min_element(weights.first.begin(), weights.first.end());
    end = *std::max_element(weights.first.begin(), weights.first.end()) + weights.taps;
    for (int& first : weights.first) first -= begin;
  }
  Weights weights;
  int begin, end;
};

void resample_u8(const Image& image, Image& out, const Columns& columns, const Weights& down) {
  const ResampleRows& rows = resample_rows();
  const int channels = image.channels(), pixels = columns.end - columns.begin, samples = pixels * channels;
  const bool by_alpha = image.alpha() == Alpha::straight;
  const int multiple = tap_multiple(channels), taps = (columns.weights.taps + multiple - 1) / multiple * multiple;
  const std::vector<std::int16_t> across_weights = fixed_weights(columns.weights, taps);
  const std::vector<std::int16_t> down_weights = fixed_weights(down, down.taps);

  RowCache<std::int16_t> premultiplied_rows(by_alpha ? down.taps : 1, by_alpha ? static_cast<std::size_t>(samples) : 0);
  // `scale` may read zero-weighted pixels behind the last one: padded taps beyond the margin of the mixing.
  std::vector<std::int16_t> mid(static_cast<std::size_t>(samples) + kRowMargin);
  std::vector<std::int16_t> row(static_cast<std::size_t>(out.width() * channels) + kRowMargin);
  std::vector<const std::uint8_t*> plain(static_cast<std::size_t>(down.taps));
  std::vector<const std::int16_t*> weighted(static_cast<std::size_t>(down.taps));
  for (int y = 0; y < out.height(); ++y) {
    const std::int16_t* weights = &down_weights[static_cast<std::size_t>(y) * static_cast<std::size_t>(down.taps)];
    for (int t = 0; t < down.taps; ++t) {
      const int source_y = down.first[static_cast<std::size_t>(y)] + t;
      const std::uint8_t* source = image.row(source_y) + columns.begin * channels;
      if (by_alpha)
        weighted[static_cast<std::size_t>(t)] = premultiplied_rows.row(
            source_y, [&](int, std::int16_t* to) { rows.premultiply(source, to, pixels, channels); });
      else
        plain[static_cast<std::size_t>(t)] = source;
    }
    if (by_alpha)
      rows.mix_mid(weighted.data(), weights, down.taps, samples, mid.data());
    else
      rows.mix_u8(plain.data(), weights, down.taps, samples, mid.data());
    rows.scale(mid.data(), columns.weights.first.data(), across_weights.data(), taps, channels, out.width(),
               row.data());
    if (by_alpha)
      rows.unpremultiply(row.data(), out.row(y), out.width(), channels);
    else
      rows.finish(row.data(), out.row(y), out.width() * channels);
  }
}

/// One source row as float, colours multiplied by alpha. Integers keep their own range.
template <class T>
void to_float(const T* row, float* out, int pixels, int channels, bool by_alpha) {
  for (int i = 0; i < pixels * channels; ++i) out[i] = static_cast<float>(row[i]);
  if (!by_alpha) return;
  for (int x = 0; x < pixels; ++x, out += channels)
    for (int c = 0; c < channels - 1; ++c) out[c] *= out[channels - 1] / static_cast<float>(white<T>());
}

template <class T>
T from_float(float value) {
  if constexpr (std::is_floating_point_v<T>)
    return value;
  else
    return from_unit<T>(static_cast<double>(value) / white<T>());
}

template <class T>
void from_float_row(float* row, T* out, int pixels, int channels, bool by_alpha) {
  for (int x = 0; x < pixels; ++x, row += channels, out += channels) {
    float divide = 1;
    if (by_alpha) {
      out[channels - 1] = from_float<T>(row[channels - 1]);
      divide = out[channels - 1] == T(0) ? 0 : static_cast<float>(white<T>()) / row[channels - 1];
    }
    for (int c = 0; c < (by_alpha ? channels - 1 : channels); ++c) out[c] = from_float<T>(row[c] * divide);
  }
}

template <class T>
void resample_float(const Image& image, Image& out, const Columns& columns, const Weights& down) {
  const int channels = image.channels(), pixels = columns.end - columns.begin, samples = pixels * channels;
  const bool by_alpha = image.alpha() == Alpha::straight;
  const Weights& across = columns.weights;
  RowCache<float> sources(down.taps, static_cast<std::size_t>(samples));
  std::vector<float> mid(static_cast<std::size_t>(samples)), row(static_cast<std::size_t>(out.width() * channels));
  for (int y = 0; y < out.height(); ++y) {
    std::fill(mid.begin(), mid.end(), 0.0f);
    for (int t = 0; t < down.taps; ++t) {
      const float weight = down.weights[static_cast<std::size_t>(y * down.taps + t)];
      if (weight == 0) continue;
      const float* source = sources.row(down.first[static_cast<std::size_t>(y)] + t, [&](int source_y, float* to) {
        to_float(image.row<T>(source_y) + columns.begin * channels, to, pixels, channels, by_alpha);
      });
      for (int i = 0; i < samples; ++i) mid[static_cast<std::size_t>(i)] += weight * source[i];
    }
    for (int x = 0; x < out.width(); ++x) {
      const float* from = mid.data() + across.first[static_cast<std::size_t>(x)] * channels;
      const float* weights = &across.weights[static_cast<std::size_t>(x * across.taps)];
      for (int c = 0; c < channels; ++c) {
        float sum = 0;
        for (int t = 0; t < across.taps; ++t) sum += weights[t] * from[t * channels + c];
        row[static_cast<std::size_t>(x * channels + c)] = sum;
      }
    }
    from_float_row(row.data(), out.row<T>(y), out.width(), channels, by_alpha);
  }
}

}  // namespace

Filter filter_named(std::string_view name) {
  if (name == "cubic") return Filter::cubic;
  if (name == "triangle") return Filter::triangle;
  if (name == "box") return Filter::box;
  if (name == "nearest") return Filter::nearest;
  return Filter::lanczos3;
}

std::shared_ptr<Image> resample(const Image& image, const Region& region, int width, int height, Filter filter) {
  auto out = std::make_shared<Image>(width, height, image.channels(), image.sample(), image.alpha());
  out->info = image.info;
  const Columns columns(image, region, width, filter);
  const Weights down = make_weights(image.height(), region.top, region.height, height, filter);
  switch (image.sample()) {
    case Sample::u8: resample_u8(image, *out, columns, down); break;
    case Sample::u16: resample_float<std::uint16_t>(image, *out, columns, down); break;
    case Sample::f32: resample_float<float>(image, *out, columns, down); break;
  }
  return out;
}

}  // namespace pixgraph::image
