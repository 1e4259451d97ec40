// Document: what is written in a pipeline file. The first noun of a run; says nothing about meaning.
//
// A tree of scalars, lists and maps with the place of each, made from yaml-cpp's events. Scalars stay text: they are
// read by the type that the graph declares for them (scalars.h), never by YAML's guesses. A plain value.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics.h"

namespace pixgraph {

struct DocumentEntry;

struct DocumentValue {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  Place place;          // of the scalar's text, or of the list's or map's first character; length within its first line
  std::string text;     // of a scalar, unescaped
  bool quoted = false;  // a quoted or block scalar: never a number, bool or null
  bool broken = false;  // the reader has complained about it: nothing more is to be said
  std::size_t offset = 0;              // where it begins in Document::text, in bytes
  std::vector<DocumentValue> items;    // of a list
  std::vector<DocumentEntry> entries;  // of a map, in written order; keys are unique

  /// The value under a key of a map; null where there is none. Linear: maps that may be large are walked once instead.
  const DocumentValue* find(std::string_view key) const;
};

struct DocumentEntry {
  std::string key;
  Place place;  // of the key
  DocumentValue value;
};

struct Document {
  std::string file;    // as the user named it
  std::string text;    // the file's content, for messages: without a byte order mark, line ends are \n
  DocumentValue root;  // a map, unless there were errors
  /// The pipelines that its nodes use, by what `use:` says; those that could be read.
  std::map<std::string, std::shared_ptr<const Document>> used;
};

/// Reads the file. A syntax error ends reading (one E001); duplicate keys (E002), anchors, aliases, merge keys and tags
/// (E003), further documents (E003) and control characters (E005) are collected. Text that is not UTF-8 is refused
/// (E005). Limits: 4 MB, depth 64 (E004). Files that nodes use are read too; one that cannot be read, or that uses
/// itself at whatever distance, is reported (E032). Never throws for content; a file that cannot be read is an Error
/// (E601).
Document read_document(const std::string& file, Diagnostics& diagnostics);
/// The same from text.
Document parse_document(std::string file, std::string text, Diagnostics& diagnostics);

}  // namespace pixgraph
