// Reference: how `${name.port.property}` stands in a text. Knows the form only; what the names mean is the graph's.
//
// Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "document.h"
#include "lines.h"

namespace pixgraph {

/// Offsets and lengths are bytes of the scalar's text, as it reads without quotes and escapes.
struct ReferenceText {
  std::vector<std::string> words;  // one at least: name, port, property
  std::size_t offset = 0, length = 0;
  std::string written() const;  // "${a.b}"
};

struct TemplateFault {
  std::string message, help;
  std::size_t reference = 0;           // where its `${` begins
  std::size_t offset = 0, length = 1;  // what to point at
};

struct Template {
  std::vector<std::variant<std::string, ReferenceText>> parts;  // no empty strings, no two strings in a row
  std::vector<TemplateFault> faults;                            // malformed references, which are not among the parts

  /// The one reference that is the whole text, null otherwise.
  const ReferenceText* whole() const { return parts.size() == 1 ? std::get_if<ReferenceText>(&parts[0]) : nullptr; }
  bool has_references() const;
};

/// Takes a text apart. `$${` is a plain `${`.
Template parse_template(std::string_view text);

/// Whether a text may be the name of an input, param or node: letters, digits, `_` and `-`, not beginning with a digit
/// or `-`.
bool is_name(std::string_view text);

/// Finds the places of references within a scalar of the file, whatever its quotes and escapes. Ask in ascending order.
class ReferencePlaces {
 public:
  ReferencePlaces(const Document& document, const DocumentValue& scalar, Lines& lines)
      : text_(document.text), scalar_(scalar), lines_(lines), raw_(scalar.offset) {}
  /// `reference` is where a `${` begins in the scalar's text, [offset, offset + length) what the place is wanted of.
  /// The whole scalar where that cannot be told (a `$` that is itself written as an escape).
  Place place(std::size_t reference, std::size_t offset, std::size_t length);

 private:
  std::string_view text_;
  const DocumentValue& scalar_;
  Lines& lines_;
  std::size_t raw_;        // in the file: from where the next `${` is looked for
  std::size_t read_ = 0;   // in the scalar: the same
  std::size_t found_ = 0;  // in the file: the last one found
  std::size_t last_ = static_cast<std::size_t>(-1);
};

}  // namespace pixgraph
