// A mixture of axis-aligned Gaussians, fitted to weighted samples by k-means and two rounds of EM. Deterministic.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace sandbox {

// What is known of a pixel: L a b, focus, x y.
inline constexpr int kFeatures = 6;
using Feature = std::array<float, kFeatures>;

class Mixture {
 public:
  explicit Mixture(int parts) : wanted_(static_cast<std::size_t>(parts)) {}

  // One weight per sample. `floor` is added to every variance: how little each feature may tell.
  void fit(const std::vector<Feature>& samples, const std::vector<float>& weights, const Feature& floor);
  // Logarithm of the density. REQUIRES: fit() was called.
  float log_density(const Feature& f) const;

 private:
  struct Part {
    Feature mean{}, inverse{};
    float constant = 0;
    float score(const Feature& f) const;
  };
  void seed(const std::vector<Feature>& samples, const std::vector<float>& weights);
  void update(const std::vector<Feature>& samples, const std::vector<float>& weights, const Feature& floor, bool hard);

  std::size_t wanted_;
  std::vector<Part> parts_;
};

}  // namespace sandbox
