// Whether these tests run large: ./dev bench crash does, ctest does not.
#pragma once

#include <cstdlib>
#include <string>

inline bool large() {
  const char* wanted = std::getenv("PIXGRAPH_CRASH");
  return wanted && std::string(wanted) == "all";
}
