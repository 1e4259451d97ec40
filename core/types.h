// Types: what the types of values are called in a file and in a sentence, and which properties they have.
//
// Pure functions. accepts(), which says what may stand where, is in graph.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pixgraph/value.h>

namespace pixgraph {

/// `image`, `list of text`: as `type:` says it.
std::optional<ValueType> parse_type(std::string_view written);
/// The words for one value, as parse_type knows them.
const std::vector<std::string>& type_words();

/// Whether its values are held as files or pixels, and have no literal.
bool is_picture(Type type);

/// "an image", "a list of files".
std::string with_article(ValueType type);

/// The type of `.width`, `.stem`... of a value of `of`. A value that is a file at run time (`held_as_file`: every input
/// of type file, image or mask) has a name too; one that was made by a node has its size only.
std::optional<Type> property_type(ValueType of, bool held_as_file, std::string_view property);
/// All properties there are.
const std::vector<std::string>& property_words();

}  // namespace pixgraph
