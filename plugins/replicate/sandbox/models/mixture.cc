#include "mixture.h"

#include <algorithm>
#include <cmath>

namespace sandbox {

float Mixture::Part::score(const Feature& f) const {
  float d = 0;
  for (int k = 0; k < kFeatures; ++k) d += (f[k] - mean[k]) * (f[k] - mean[k]) * inverse[k];
  return constant - 0.5F * d;
}

void Mixture::fit(const std::vector<Feature>& samples, const std::vector<float>& weights, const Feature& floor) {
  seed(samples, weights);
  for (int round = 0; round < 6; ++round) update(samples, weights, floor, round < 4);
}

float Mixture::log_density(const Feature& f) const {
  float best = -1e30F;
  float sum = 0;
  for (const Part& part : parts_) {
    const float value = part.score(f);
    if (value > best) {
      sum = sum * std::exp(best - value) + 1;
      best = value;
    } else {
      sum += std::exp(value - best);
    }
  }
  return best + std::log(sum);
}

// Far apart from each other: each next centre is the sample with the largest weighted distance to those before.
void Mixture::seed(const std::vector<Feature>& samples, const std::vector<float>& weights) {
  parts_.clear();
  std::vector<float> distance(samples.size(), 1e9F);
  std::size_t next = static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) - weights.begin());
  while (parts_.size() < wanted_) {
    Part part;
    part.mean = samples[next];
    part.inverse.fill(1);
    parts_.push_back(part);
    float best = -1;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      distance[i] = std::min(distance[i], -2 * part.score(samples[i]));
      // The square root keeps single odd pixels from taking all the centres.
      const float value = weights[i] * std::sqrt(std::max(0.0F, distance[i]));
      if (value > best) {
        best = value;
        next = i;
      }
    }
  }
}

void Mixture::update(const std::vector<Feature>& samples, const std::vector<float>& weights, const Feature& floor,
                     bool hard) {
  struct Sum {
    double weight = 1e-6;
    std::array<double, kFeatures> first{}, second{};
  };
  std::vector<Sum> sums(parts_.size());
  std::vector<float> share(parts_.size());
  double total = 1e-6;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (weights[i] < 0.01F) continue;
    float best = -1e30F;
    std::size_t winner = 0;
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      share[k] = parts_[k].score(samples[i]);
      if (share[k] > best) {
        best = share[k];
        winner = k;
      }
    }
    float sum = 0;
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      share[k] = hard ? (k == winner ? 1.0F : 0.0F) : std::exp(share[k] - best);
      sum += share[k];
    }
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      const double w = static_cast<double>(weights[i]) * share[k] / sum;
      if (w < 1e-6) continue;
      sums[k].weight += w;
      for (int f = 0; f < kFeatures; ++f) {
        sums[k].first[f] += w * samples[i][f];
        sums[k].second[f] += w * samples[i][f] * samples[i][f];
      }
    }
    total += weights[i];
  }
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    Part& part = parts_[k];
    double log_volume = 0;
    for (int f = 0; f < kFeatures; ++f) {
      const double mean = sums[k].first[f] / sums[k].weight;
      const double variance = std::max(0.0, sums[k].second[f] / sums[k].weight - mean * mean) + floor[f];
      part.mean[f] = static_cast<float>(mean);
      if (!hard) part.inverse[f] = static_cast<float>(1 / variance);
      log_volume += 0.5 * std::log(variance);
    }
    part.constant = hard ? 0.0F : static_cast<float>(std::log(sums[k].weight / total) - log_volume);
  }
}

}  // namespace sandbox
