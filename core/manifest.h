// Manifest: a list of items, one a row, whose columns are the pipeline's inputs. CSV with a header, JSON lines, a run's
// outcome list, or one path per line.
//
// Used by one thread.
#pragma once

#include <string>
#include <string_view>

#include "graph.h"
#include "input_files.h"
#include "item_choice.h"
#include "items.h"

namespace pixgraph {

struct Manifest {
  enum class Form { csv, jsonl, paths };
  std::string name;    // for messages
  std::string folder;  // where relative paths begin; "" is the working directory
  std::string text;
  Form form = Form::csv;
};

/// Whether a name on the command line is that of a manifest: `-`, `*.csv`, `*.jsonl`.
bool is_manifest(std::string_view name);

/// Reads the text. What standard input is tells its first line: JSON lines begin with `{`; a line that has the name of
/// an input or `id` as a field is a CSV header; anything else is a list of paths. Throws Error E601.
Manifest open_manifest(const Graph& graph, const std::string& name);

/// Adds the manifest's items, those that `names` admits. Throws Mistakes: E627 (the form), E628 (columns), E629
/// (values), E601 and E625 (files), each with its line, all of them at once; Error E624 where it lists nothing.
void read_manifest(const Graph& graph, const Manifest& manifest, InputFiles& files, ItemNames& names, ItemTable& table);

}  // namespace pixgraph
