#include "options.h"

#include <gtest/gtest.h>

#include "faults.h"

namespace sandbox {

static std::string refusal(const std::vector<std::string>& arguments) {
  try {
    parse_options(arguments);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Options, AllOfThem) {
  const Options o = parse_options({"--port",
                                   "7",
                                   "--latency=2s",
                                   "--queue",
                                   "1m",
                                   "--time-scale",
                                   "60",
                                   "--links-live",
                                   "1h",
                                   "--rate-creates",
                                   "600/min",
                                   "--rate-other",
                                   "50/s",
                                   "--burst-creates",
                                   "5",
                                   "--fault",
                                   "429:0.2",
                                   "--fault",
                                   "stuck",
                                   "--fault-seed",
                                   "9",
                                   "--until-stdin-closes"});
  EXPECT_EQ(o.port, 7);
  EXPECT_DOUBLE_EQ(*o.latency, 2);
  EXPECT_DOUBLE_EQ(o.queue, 60);
  EXPECT_DOUBLE_EQ(o.time_scale, 60);
  EXPECT_DOUBLE_EQ(o.creates.per_second, 10);
  EXPECT_DOUBLE_EQ(o.creates.burst, 5);
  EXPECT_DOUBLE_EQ(o.other.per_second, 50);
  EXPECT_EQ(o.faults.size(), 2U);
  EXPECT_EQ(o.fault_seed, 9U);
  EXPECT_TRUE(o.until_stdin_closes);
}

TEST(Options, RefusalsSayWhatIsWanted) {
  EXPECT_EQ(refusal({"--prot", "1"}), "unknown option '--prot' (--help lists them)");
  EXPECT_EQ(refusal({"--port"}), "--port wants a value: --port N");
  EXPECT_EQ(refusal({"--port", "70000"}), "--port 70000: wants a number of 0 to 65535");
  EXPECT_EQ(refusal({"--latency", "soon"}), "--latency soon: wants a duration such as 400ms, 2s or 1m");
  EXPECT_EQ(refusal({"--fault", "flood"}), "unknown fault 'flood' (--help lists them)");
  EXPECT_EQ(refusal({"--fault", "429:2"}), "--fault 429:2: wants NAME, NAME:rate with a rate of 0..1, or NAME:xN");
  EXPECT_EQ(refusal({"--help=yes"}), "--help takes no value");
}

TEST(Options, HelpNamesEveryFault) {
  for (const FaultInfo& info : fault_table())
    EXPECT_NE(help_text().find("  " + std::string(info.name) + " "), std::string::npos) << info.name;
}

TEST(FaultRules, TheSameSeedHitsTheSameOccasions) {
  const auto sequence = [](std::uint64_t seed) {
    Faults faults;
    faults.add("429:0.3");
    faults.set_seed(seed);
    std::string hits;
    for (int i = 0; i < 200; ++i) hits += faults.hit(Fault::throttle_header) ? 'x' : '.';
    return hits;
  };
  EXPECT_EQ(sequence(1), sequence(1));
  EXPECT_NE(sequence(1), sequence(2));
  const std::string hits = sequence(1);
  EXPECT_NEAR(static_cast<double>(std::count(hits.begin(), hits.end(), 'x')), 60, 20);
}

TEST(FaultRules, FirstN) {
  Faults faults;
  faults.add("slow:x2");
  EXPECT_TRUE(faults.hit(Fault::slow));
  EXPECT_TRUE(faults.hit(Fault::slow));
  EXPECT_FALSE(faults.hit(Fault::slow));
  EXPECT_FALSE(faults.hit(Fault::stuck));
}

}  // namespace sandbox
