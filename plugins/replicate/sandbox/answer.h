// How a prediction looks on the wire: the JSON that creates, polls, cancels and lists answer.
#pragma once

#include <string>

#include "faults.h"
#include "predictions.h"

namespace sandbox {

struct AnswerSettings {
  std::string base;     // "http://127.0.0.1:PORT/v1": what urls.* are made of
  std::string gateway;  // another origin + "/v1", used instead under gateway-urls
};

// A JSON string literal.
std::string quoted(const std::string& text);
// What the model has printed so far: grows with progress 0..1.
std::string logs_of(const Prediction& prediction, double now);
// `pretend_processing` gives the odd answer of Prefer: wait that has the output but not yet the end.
std::string prediction_json(const Prediction& prediction, double now, const AnswerSettings& settings, Faults& faults,
                            bool pretend_processing = false);

}  // namespace sandbox
