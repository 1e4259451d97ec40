#include "manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <set>
#include <unordered_map>

#include "codec.h"
#include "csv.h"
#include "diagnostics.h"
#include "disk.h"
#include "item_values.h"
#include "spell.h"
#include "terminal.h"
#include "types.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;
namespace fs = std::filesystem;

static constexpr int kMostMistakes = 100;  // then nothing more is read: the first tell enough
static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

static bool holds_files(const GraphInput& input) {
  const Type type = input.type.type;
  return type == Type::file || type == Type::image || type == Type::mask;
}

static int input_named(const Graph& graph, std::string_view name) {
  for (std::size_t i = 0; i < graph.inputs.size(); ++i)
    if (graph.inputs[i].name == name) return static_cast<int>(i);
  return -1;
}

bool is_manifest(std::string_view name) {
  const std::string extension = extension_of(name);
  return name == "-" || extension == ".csv" || extension == ".jsonl";
}

static Manifest::Form form_of(const Graph& graph, std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text.remove_prefix(std::min(text.find_first_not_of(" \r\n"), text.size()));
  if (text.starts_with('{')) return Manifest::Form::jsonl;
  CsvReader reader(text.substr(0, text.find('\n')));
  std::vector<CsvField> header;
  if (reader.next(header))
    for (const CsvField& field : header)
      if (field.text == "id" || input_named(graph, field.text) >= 0) return Manifest::Form::csv;
  return Manifest::Form::paths;
}

Manifest open_manifest(const Graph& graph, const std::string& name) {
  Manifest manifest;
  manifest.name = name == "-" ? "standard input" : name;
  if (name == "-") {
    manifest.text.assign(std::istreambuf_iterator<char>(std::cin), {});
    manifest.form = form_of(graph, manifest.text);
    return manifest;
  }
  try {
    auto text = real_disk().read(name);
    if (!text) throw Error("E601", "`" + name + "` is not there");
    manifest.text = std::move(*text);
  } catch (const Error& error) {  // what cannot be read is the request's mistake, not the disk's failure
    throw Error("E601", error.message());
  }
  manifest.folder = name.find('/') == std::string::npos ? "" : folder_of(name);
  manifest.form = extension_of(name) == ".csv" ? Manifest::Form::csv : Manifest::Form::jsonl;
  return manifest;
}

namespace {

class ManifestReader {
 public:
  ManifestReader(const Graph& graph, const Manifest& manifest, InputFiles& files, ItemNames& names, ItemTable& table)
      : graph_(graph), manifest_(manifest), files_(files), names_(names), table_(table) {}

  void read() {
    const std::string_view text = manifest_.text;
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
      mistakes_.error("E627", {}, "this is UTF-16", "save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")");
    } else {
      switch (manifest_.form) {
        case Manifest::Form::csv: read_csv(); break;
        case Manifest::Form::jsonl:
          read_lines([this](std::string_view line, bool torn) { read_json(line, torn); });
          break;
        case Manifest::Form::paths: read_lines([this](std::string_view line, bool) { read_path(line); }); break;
      }
    }
    if (mistakes_.has_errors()) throw Mistakes(mistakes_, manifest_.name, text, colour_on(2));
    if (rows_ == 0)
      throw Error("E624", "`" + manifest_.name + "` lists no items" +
                              (up_to_date_ ? fmt::format(": all {} were up to date in that run", up_to_date_) : ""));
  }

 private:
  bool enough() const { return names_.full() || mistakes_.error_count() >= kMostMistakes; }

  // Files.

  std::string relpath_of(const std::string& path) const {
    fs::path relative = fs::path(path).lexically_normal();
    if (relative.is_absolute())
      relative = relative.lexically_relative(
          fs::absolute(manifest_.folder.empty() ? "." : manifest_.folder).lexically_normal());
    if (relative.empty() || *relative.begin() == "..") return fs::path(path).filename().string();
    return relative.string();
  }

  FilePtr file_at(const std::string& written) {
    const std::string path =
        written.starts_with("/") || manifest_.folder.empty() ? written : join_path(manifest_.folder, written);
    if (!relpaths_.empty()) {
      std::string relpath = std::move(relpaths_.front());
      relpaths_.pop_front();
      if (!relpath.empty()) return files_.file(path, std::move(relpath));
    }
    // One photo may stand in many rows.
    FilePtr& kept = kept_[path];
    if (!kept) kept = files_.file(path, relpath_of(written));
    return kept;
  }

  // What both forms of rows have in common.

  /// `path` is that of the row's first file, empty where it has none.
  std::optional<std::string> admit(const std::string& path, const std::string& id) {
    ++rows_;
    if (!path.empty()) return names_.admit(relpath_of(path), id);
    if (id.empty()) return names_.admit(fmt::format("row-{:05}", rows_));
    if (!ids_.insert(id).second) {
      repeated_ = true;
      return std::nullopt;
    }
    return names_.admit(id, id);
  }

  /// Reads one value. `read` may throw what is wrong with a file.
  template <class Read>
  void take(Item& item, std::size_t input, Place place, const Read& read) {
    const GraphInput& declared = graph_.inputs[input];
    try {
      Reading<Value> reading = read();
      if (reading.ok())
        item.inputs[input] = std::move(reading.value);
      else
        mistakes_.error(
            "E629", place,
            "input " + ticked(declared.name) + " takes " + with_article(declared.type) + ", and " + reading.why,
            reading.help);
    } catch (const Error& error) {
      mistakes_.error(error.code(), place, error.message(), error.hint());
    }
  }

  void leave_out(Item& item, std::size_t input, Place place) {
    const GraphInput& declared = graph_.inputs[input];
    if (declared.preset)
      item.inputs[input] = *declared.preset;
    else
      mistakes_.error("E629", place, "input " + ticked(declared.name) + " has no value",
                      declared.type == ValueType(Type::text) ? R"(write "" for an empty text)" : "");
  }

  /// Gives what was meant, if anything.
  std::string unknown_column(const std::string& name, Place place, const std::string& what) {
    std::vector<std::string> known;
    for (const GraphInput& input : graph_.inputs) known.push_back(input.name);
    const std::string meant = did_you_mean(name, known);
    std::string help = meant.empty() ? known.empty() ? "the pipeline has no inputs" : "the inputs are " + listed(known)
                                     : "did you mean " + ticked(meant) + "?";
    for (const GraphParam& param : graph_.params)
      if (param.name == name) help = "it is a param, the same for all items: --set " + printable(name) + "=...";
    if (name.find_first_of(";\t") != std::string::npos) help = "columns are parted by commas";
    mistakes_.error("E628", place, "there is no input " + ticked(name) + " for this " + what, help);
    return meant;
  }

  // CSV.

  static constexpr int kId = -1;

  /// By column: an input or kId. Empty where there were mistakes.
  std::vector<int> read_header(CsvReader& reader) {
    std::vector<CsvField> header;
    std::vector<int> columns;
    std::set<std::string> seen, meant;
    if (!reader.next(header)) return {};
    for (const CsvField& field : header) {
      const Place place = reader.place_of(field);
      if (!seen.insert(field.text).second)
        mistakes_.error("E628", place, "the column " + ticked(field.text) + " is there twice");
      const int input = input_named(graph_, field.text);
      if (input < 0 && field.text != "id") meant.insert(unknown_column(field.text, place, "column"));
      columns.push_back(input);
    }
    for (const GraphInput& input : graph_.inputs)
      if (!input.preset && !seen.contains(input.name) && !meant.contains(input.name))
        mistakes_.error("E628", reader.place_of(header[0]), "there is no column for the input " + ticked(input.name),
                        "every item needs a value; with a `default:` in the pipeline it may be left out");
    if (mistakes_.has_errors()) columns.clear();
    return columns;
  }

  void read_csv() {
    CsvReader reader(manifest_.text);
    const std::vector<int> columns = read_header(reader);
    const auto id_column = std::find_if(columns.begin(), columns.end(), [&](int input) {
      return input == kId || graph_.inputs[static_cast<std::size_t>(input)].name == "id";
    });
    std::vector<CsvField> row;
    while (!columns.empty() && !enough() && reader.next(row)) {
      if (row.size() != columns.size()) {
        mistakes_.error("E627", reader.place_of(row.back()),
                        fmt::format("this row has {} field{}, and the first has {}", row.size(),
                                    row.size() == 1 ? "" : "s", columns.size()),
                        row.size() > columns.size() ? "a field with a comma in it is quoted" : "");
        continue;
      }
      const CsvField* id =
          id_column == columns.end() ? nullptr : &row[static_cast<std::size_t>(id_column - columns.begin())];
      if (const auto name = admit(first_path(row, columns), id ? id->text : "")) {
        Item item{*name, std::vector<Value>(graph_.inputs.size())};
        for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
          const auto column = std::find(columns.begin(), columns.end(), static_cast<int>(i));
          const CsvField* field =
              column == columns.end() ? nullptr : &row[static_cast<std::size_t>(column - columns.begin())];
          if (!field || (field->text.empty() && !field->quoted))
            leave_out(item, i, reader.place_of(field ? *field : row[0]));
          else
            take(item, i, reader.place_of(*field),
                 [&] { return value_of_field(field->text, graph_.inputs[i].type, file_); });
        }
        table_.items.push_back(std::move(item));
      }
      refuse_same_id(id ? id->text : "", id ? reader.place_of(*id) : Place());
    }
    if (reader.mistake())
      mistakes_.error("E627", reader.mistake()->place, reader.mistake()->message, reader.mistake()->help);
  }

  std::string first_path(const std::vector<CsvField>& row, const std::vector<int>& columns) const {
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      const auto column = std::find(columns.begin(), columns.end(), static_cast<int>(i));
      if (!holds_files(graph_.inputs[i]) || column == columns.end()) continue;
      const std::string& text = row[static_cast<std::size_t>(column - columns.begin())].text;
      const std::string path = graph_.inputs[i].type.list ? first_path(json::parse(text, nullptr, false)) : text;
      if (!path.empty()) return path;
    }
    return {};
  }

  void refuse_same_id(const std::string& id, Place place) {
    if (repeated_) mistakes_.error("E628", place, "the id " + ticked(id) + " is given twice");
    repeated_ = false;
  }

  // Lines.

  void read_lines(const std::function<void(std::string_view line, bool torn)>& take_line) {
    std::string_view rest = manifest_.text;
    if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
    for (line_ = 1; !rest.empty() && !enough(); ++line_) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.find_first_not_of(" \t") != std::string_view::npos) take_line(line, end == std::string_view::npos);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }

  void read_path(std::string_view line) {
    const auto photo = std::find_if(graph_.inputs.begin(), graph_.inputs.end(),
                                    [](const GraphInput& input) { return holds_files(input) && !input.type.list; });
    const std::size_t input = static_cast<std::size_t>(photo - graph_.inputs.begin());
    const Place place{line_, 1, static_cast<int>(count_characters(line))};
    if (input == graph_.inputs.size()) {
      std::vector<std::string> known;
      for (const GraphInput& one : graph_.inputs) known.push_back(one.name);
      return mistakes_.error("E628", place, "this line is no JSON and no CSV header, and the pipeline takes no files",
                             "a CSV header has the names of inputs: " + listed(known));
    }
    const auto name = admit(std::string(line), "");
    if (!name) return;
    Item item{*name, std::vector<Value>(graph_.inputs.size())};
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i)
      if (i == input)
        take(item, i, place, [&] { return value_of_field(line, graph_.inputs[i].type, file_); });
      else
        leave_out(item, i, place);
    table_.items.push_back(std::move(item));
  }

  // JSON lines.

  static std::string first_path(const json& written) {
    if (written.is_string()) return written.get<std::string>();
    if (written.is_array() && !written.empty() && written[0].is_string()) return written[0].get<std::string>();
    return {};
  }

  Place place_of(std::string_view line, const std::string& key) const {
    const std::string quoted = json(key).dump(-1, ' ', false, json::error_handler_t::replace);
    const std::size_t at = line.find(quoted);
    if (at == std::string_view::npos) return {line_, 1, 1};
    return {line_, static_cast<int>(count_characters(line.substr(0, at))) + 1,
            static_cast<int>(count_characters(quoted))};
  }

  /// null where the line is none; that was told.
  json parse_line(std::string_view line, bool torn) {
    std::set<std::string> keys;
    std::string twice;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
      if (depth == 1 && event == json::parse_event_t::key && !keys.insert(parsed.get<std::string>()).second)
        twice = parsed.get<std::string>();
      return true;
    };
    try {
      json object = json::parse(line, watch);
      if (!twice.empty())
        mistakes_.error("E628", place_of(line, twice), ticked(twice) + " is there twice");
      else if (object.is_object())
        return object;
      else
        mistakes_.error("E627", {line_, 1, 1}, "this line is no JSON object", "write it as {\"input\": value, ...}");
    } catch (const json::parse_error& error) {
      // A run that was killed within a write leaves half a line; the item has no outcome.
      if (is_outcome_list_ && torn) return nullptr;
      const std::size_t at = std::min(error.byte > 0 ? error.byte - 1 : 0, line.size());
      mistakes_.error("E627", {line_, static_cast<int>(count_characters(line.substr(0, at))) + 1, 1},
                      find_invalid_utf8(line) == std::string_view::npos ? "this is no JSON" : "this is not UTF-8");
    } catch (const json::exception&) {
      mistakes_.error("E627", {line_, 1, 1}, "a number in this line is beyond what a number can hold",
                      "numbers reach from 1e-307 to 1e308");
    }
    return nullptr;
  }

  void read_json(std::string_view line, bool torn) {
    const json object = parse_line(line, torn);
    if (!object.is_object()) return;
    if (rows_ == 0 && !is_outcome_list_ && object.contains("pixgraph_items")) {
      is_outcome_list_ = true;
      if (object["pixgraph_items"] != 1)
        mistakes_.error("E627", place_of(line, "pixgraph_items"),
                        "this outcome list was written by another version of pixgraph");
      return;
    }
    if (!is_outcome_list_) return read_inputs(line, object, object);
    if (object.contains("up_to_date") && object["up_to_date"].is_number_integer())
      up_to_date_ += object["up_to_date"].get<int>();
    if (!object.contains("item")) return;
    if (!object.contains("inputs") || !object["inputs"].is_object())
      return mistakes_.error("E627", {line_, 1, 1}, "this line of an outcome list has no `inputs`");
    read_inputs(line, object, object["inputs"]);
  }

  void read_inputs(std::string_view line, const json& object, const json& inputs) {
    const auto [name, id] = name_of(line, object, inputs);
    for (const auto& [key, value] : inputs.items())
      if ((key != "id" || is_outcome_list_) && input_named(graph_, key) < 0 && unknown_.insert(key).second)
        unknown_column(key, place_of(line, key), "value");
    if (name) {
      Item item{*name, std::vector<Value>(graph_.inputs.size())};
      for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
        const GraphInput& input = graph_.inputs[i];
        const auto value = inputs.find(input.name);
        if (value == inputs.end() || (value->is_null() && input.type != ValueType(Type::json))) {
          leave_out(item, i, value == inputs.end() ? Place{line_, 1, 1} : place_of(line, input.name));
          continue;
        }
        remember_relpaths(object, input.name);
        take(item, i, place_of(line, input.name), [&] { return value_of_json(*value, input.type, file_); });
        relpaths_.clear();
      }
      table_.items.push_back(std::move(item));
    }
    refuse_same_id(id, place_of(line, "id"));
  }

  /// The item's name, where it is wanted, and the `id` that was written.
  std::pair<std::optional<std::string>, std::string> name_of(std::string_view line, const json& object,
                                                             const json& inputs) {
    if (is_outcome_list_) {
      ++rows_;
      const json& name = object["item"];
      const json outcome = object.value("outcome", json());
      return {names_.admit(name.is_string() ? name.get<std::string>() : name.dump(), {},
                           outcome.is_string() ? outcome.get<std::string>() : "none"),
              {}};
    }
    std::string id, path;
    if (const auto written = inputs.find("id"); written != inputs.end() && !written->is_null()) {
      if (written->is_string() || written->is_number_integer())
        id = written->is_string() ? written->get<std::string>() : written->dump();
      else
        mistakes_.error("E629", place_of(line, "id"), "`id` is a text or an integer");
    }
    for (std::size_t i = 0; i < graph_.inputs.size() && path.empty(); ++i)
      if (const auto value = inputs.find(graph_.inputs[i].name); holds_files(graph_.inputs[i]) && value != inputs.end())
        path = first_path(*value);
    return {admit(path, id), id};
  }

  /// What an outcome list says of the files' relative paths, for file_at().
  void remember_relpaths(const json& object, const std::string& input) {
    if (!is_outcome_list_ || !object.contains("relpaths") || !object["relpaths"].is_object()) return;
    const json said = object["relpaths"].value(input, json());
    const auto add = [&](const json& one) { relpaths_.push_back(one.is_string() ? one.get<std::string>() : ""); };
    if (said.is_array())
      for (const json& one : said) add(one);
    else
      add(said);
  }

  const Graph& graph_;
  const Manifest& manifest_;
  InputFiles& files_;
  ItemNames& names_;
  ItemTable& table_;
  Diagnostics mistakes_;
  const FileOfPath file_ = [this](const std::string& path) { return file_at(path); };
  std::unordered_map<std::string, FilePtr> kept_;  // by path
  std::deque<std::string> relpaths_;               // of the files that the next value names
  std::set<std::string> ids_, unknown_;
  std::size_t rows_ = 0;
  int line_ = 0, up_to_date_ = 0;
  bool is_outcome_list_ = false;
  bool repeated_ = false;  // the row's `id` is that of an earlier one
};

}  // namespace

void read_manifest(const Graph& graph, const Manifest& manifest, InputFiles& files, ItemNames& names,
                   ItemTable& table) {
  ManifestReader(graph, manifest, files, names, table).read();
}

}  // namespace pixgraph
