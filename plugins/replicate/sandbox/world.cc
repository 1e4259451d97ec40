#include "world.h"

namespace sandbox {

// Two threads: enough to keep ahead of a pipeline, few enough to leave the machine to the program under test.
World::World(const Options& given)
    : options(given),
      clock(given.time_scale),
      predictions(clock, given.links_live),
      creates(given.creates, clock.now()),
      other(given.other, clock.now()),
      workers(2) {
  for (const std::string& fault : given.faults) faults.add(fault);
  faults.set_seed(given.fault_seed);
}

}  // namespace sandbox
