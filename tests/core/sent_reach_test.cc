#include "sent_reach.h"

#include <gtest/gtest.h>

#include <map>

namespace pixgraph {
namespace {

/// Counts how often it is asked.
struct Names {
  std::map<std::string, std::vector<std::string>> addresses = {{"api.test", {"93.184.216.34", "2606:2800::1"}},
                                                               {"gateway.lan", {"192.168.1.7"}},
                                                               {"both.lan", {"192.168.1.7", "93.184.216.34"}},
                                                               {"cloud.test", {"169.254.169.254"}}};
  int asked = 0;
  Resolver resolver() {
    return [this](const std::string& name) {
      ++asked;
      const auto found = addresses.find(name);
      return found == addresses.end() ? std::vector<std::string>{} : found->second;
    };
  }
};

TEST(SentReach, GoesByTheServersOwnAddress) {
  Names names;
  SentReach reach(names.resolver());
  for (const char* own : {"http://127.0.0.1:1234/v1", "http://[::1]:1/v1", "https://10.1.2.3/v1", "http://[fd00::1]/v1",
                          "http://100.64.0.1/v1", "http://gateway.lan/replicate/v1"})
    EXPECT_EQ(reach.of(own), Reach::anywhere) << own;
  for (const char* other : {"https://api.test/v1", "https://both.lan/v1", "https://nowhere.test/v1",
                            "https://93.184.216.34/v1", "http://cloud.test/v1", "not a url"})
    EXPECT_EQ(reach.of(other), Reach::public_only) << other;
}

TEST(SentReach, AsksForAnAddressOnce) {
  Names names;
  SentReach reach(names.resolver());
  for (int i = 0; i < 3; ++i) reach.of("https://api.test/v1");
  EXPECT_EQ(names.asked, 1);
}

TEST(SentReach, OfAllIsWhatEveryServerAllows) {
  Names names;
  SentReach reach(names.resolver());
  EXPECT_EQ(reach.of_all(), Reach::public_only);  // nobody was asked: nobody vouches for it
  reach.asked("http://gateway.lan/v1");
  EXPECT_EQ(reach.of_all(), Reach::anywhere);
  reach.asked("https://api.test/v1");
  EXPECT_EQ(reach.of_all(), Reach::public_only);
}

}  // namespace
}  // namespace pixgraph
