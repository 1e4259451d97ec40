// Everything that one running sandbox has, in the order in which it is built; handlers get it by reference.
// Its parts are thread-safe each by themselves. The base URLs are set before the first request and not changed after.
#pragma once

#include <string>

#include "answer.h"
#include "blobs.h"
#include "clock.h"
#include "faults.h"
#include "files.h"
#include "bucket.h"
#include "options.h"
#include "predictions.h"
#include "stats.h"
#include "workers.h"

namespace sandbox {

struct World {
  // Throws std::invalid_argument for a wrong fault.
  explicit World(const Options& given);

  const Options options;
  const Clock clock;
  Faults faults;
  Stats stats;
  Blobs blobs;
  Uploads uploads;
  Deliveries deliveries;
  Predictions predictions;
  Bucket creates;
  Bucket other;
  AnswerSettings answer;   // base: http://127.0.0.1:PORT/v1
  std::string delivery;    // http://127.0.0.1:PORT2: output files, another origin on purpose
  std::string redirected;  // a third origin, which has the files too; empty unless the redirect fault is on
  Workers workers;         // last: its threads use the rest
};

}  // namespace sandbox
