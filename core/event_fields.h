// Event fields: one field of an event, of the type that its readers expect. What is not there, or is of another type,
// is empty: events may gain fields and types, and a file of another version must not end a reader.
//
// Pure functions.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "unicode.h"

namespace pixgraph {

inline std::string text_of(const nlohmann::json& event, const char* field) {
  const auto found = event.find(field);
  return found != event.end() && found->is_string() ? found->get<std::string>() : "";
}

/// As a terminal may have it: names and answers come from anywhere, and one of them must not pass for a line of ours.
inline std::string line_of(const nlohmann::json& event, const char* field) {
  return printable_line(text_of(event, field));
}

inline double number_of(const nlohmann::json& event, const char* field, double otherwise = 0) {
  const auto found = event.find(field);
  return found != event.end() && found->is_number() ? found->get<double>() : otherwise;
}

inline bool flag_of(const nlohmann::json& event, const char* field) {
  const auto found = event.find(field);
  return found != event.end() && found->is_boolean() && found->get<bool>();
}

inline const nlohmann::json& list_of(const nlohmann::json& event, const char* field) {
  static const nlohmann::json none = nlohmann::json::array();
  const auto found = event.find(field);
  return found != event.end() && found->is_array() ? *found : none;
}

}  // namespace pixgraph
