// What the delivery port answers, and how it is sent.
#pragma once

#include "http.h"
#include "world.h"

namespace sandbox {

inline constexpr double kDripSeconds = 0.1;

struct Delivery {
  Response response;
  std::size_t sent = 0;    // bytes of the body that really go out
  std::size_t pieces = 1;  // in how many pieces, kDripSeconds apart
};

// With `behave` no fault strikes: the origin that redirects lead to.
Delivery answer_delivery(World& world, const std::string& method, const std::string& path, bool behave);

}  // namespace sandbox
