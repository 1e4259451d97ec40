// Scalars: reads what is written in a file or on the command line by the type that is wanted, strictly. `010` is not 8,
// `yes` is not true, `1e400` is no number; what was probably meant is said instead.
//
// Pure functions.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <pixgraph/value.h>

#include "document.h"

namespace pixgraph {

/// A value, or why there is none.
template <class T>
struct Reading {
  T value{};
  std::string why;   // what is wrong, with the text in it: "`010` begins with a zero"; empty = all is well
  std::string help;  // what to write instead; may be empty
  bool ok() const { return why.empty(); }
};

/// REQUIRES: `type` is text, integer, number or boolean. A quoted scalar is never a number or bool; null is no text.
Reading<Value> read_scalar(const DocumentValue& written, Type type);
/// The same for a text that has no quotes of its own (`--set`). json is read as JSON.
Reading<Value> read_word(std::string_view text, Type type);

/// A scalar or null as JSON would read it: null (an absent Value), true, false, integers and numbers in JSON's forms;
/// what has another form or is quoted is text. Not ok where a number is too large.
Reading<Value> read_json_scalar(const DocumentValue& written);

/// `400ms`, `30s`, `5m`, `1h30m`.
Reading<std::chrono::milliseconds> read_duration(const DocumentValue& written);

/// `#rgb` or `#rrggbb`, a colour without alpha; gives `#rrggbb` in lower case.
Reading<std::string> read_colour(const DocumentValue& written);

/// What a value of the document is, for a sentence: "a list", "`abc`", "nothing".
std::string described(const DocumentValue& written);

}  // namespace pixgraph
