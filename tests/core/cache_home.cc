// The index and the registry cache of the tests live in a folder of their own, never in the user's.
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/temp_folder.h"

namespace pixgraph::test {
namespace {

class CacheHome : public ::testing::Environment {
 public:
  void SetUp() override { ::setenv("XDG_CACHE_HOME", folder_.path().c_str(), 1); }

 private:
  TempFolder folder_;
};

[[maybe_unused]] const auto* const kCacheHome = ::testing::AddGlobalTestEnvironment(new CacheHome);

}  // namespace
}  // namespace pixgraph::test
