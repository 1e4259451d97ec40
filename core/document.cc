#include "document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <unordered_map>

#include <pixgraph/error.h>

#include "lines.h"
#include "source_text.h"
#include "syntax.h"
#include "unicode.h"

namespace pixgraph {

namespace {

constexpr std::size_t kMostDepth = 64;

/// Thrown out of the parser by the builder, when what it has found ends reading.
struct Stop {};

/// Builds the tree from the parser's events. yaml-cpp's own tree keeps duplicate keys silently, shares aliases and
/// knows the start of things only.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, Lines& lines, Diagnostics& diagnostics)
      : text_(text), lines_(lines), diagnostics_(diagnostics) {}

  /// REQUIRES: the parser has come to the end, or the builder has stopped it.
  DocumentValue take_root() {
    for (const Diagnostic& mistake : later_.sorted()) diagnostics_.add(mistake);
    return std::move(root_);
  }
  /// Whether the first document was read to its end, though something is wrong with what follows it.
  bool is_whole() const { return whole_; }
  std::optional<std::size_t> last_scalar() const { return last_scalar_; }
  std::optional<std::size_t> open_flow() const {
    for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame)
      if (frame->flow) return frame->value.offset;
    return std::nullopt;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    const std::size_t at = offset(mark);
    if (text_.substr(at).starts_with("---")) {
      whole_ = true;
      diagnostics_.error("E003", lines_.place(at, 3),
                         "a pipeline file holds one document, and here a second one begins",
                         "put it in a file of its own");
    } else {
      diagnostics_.error("E001", lines_.place(at), "this does not belong to what begins on the first line",
                         "keys of the same map stand in the same column, and a pipeline file is one map");
    }
    throw Stop();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    DocumentValue value;
    value.offset = offset(mark);
    const std::string_view written = null_word(value.offset);
    if (expects_key()) {
      if (written.empty()) {
        later_.error("E001", lines_.place(value.offset), "a key is missing here");
        stack_.back().value.broken = true;
      }
      take_key(std::string(written), value.offset, written.empty());
      return;
    }
    value.text = written;
    // An empty value has no place of its own: the parser says where the next thing begins.
    value.place = written.empty() && !stack_.empty() && stack_.back().value.kind == DocumentValue::Kind::map
                      ? stack_.back().key_place
                      : lines_.place(value.offset, std::max<int>(1, static_cast<int>(written.size())));
    if (written.empty() && mend_missing_space(value)) return;
    finish(std::move(value));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& scalar) override {
    const std::size_t at = offset(mark);
    const bool tagged = check_tag(at, tag);
    last_scalar_ = at;
    const char first = at < text_.size() ? text_[at] : '\0';
    DocumentValue value;
    value.kind = DocumentValue::Kind::scalar;
    value.text = scalar;
    value.quoted = tag != "?";
    value.offset = at;
    value.broken = tagged;
    value.place = lines_.place(at, scalar_length(at, value));
    if (value.quoted && (first == '"' || first == '\'') && end_of_quoted(text_, at) == std::string_view::npos) {
      diagnostics_.error("E001", lines_.place(at), "this quote is never closed",
                         std::string("put a ") + first + " at the end of the text", "opens here");
      throw Stop();
    }
    if (!expects_key()) {
      finish(std::move(value));
      return;
    }
    if (!value.quoted && scalar == "<<")
      diagnostics_.error("E003", value.place, "merge keys are not part of pipeline files", "write the keys out");
    take_key(std::move(value.text), at, scalar == "<<" && !value.quoted, value.place);
    stack_.back().key_plain = !value.quoted;
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    const std::size_t at = offset(mark);
    diagnostics_.error("E003", word_place(at), "aliases are not part of pipeline files",
                       "write the value out, or make it a param and refer to it as ${name}");
    DocumentValue value;
    value.offset = at;
    value.place = word_place(at);
    value.broken = true;
    if (expects_key())
      take_key({}, at, true);
    else
      finish(std::move(value));
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    std::size_t at = text_.find("&" + name, offset(mark));
    if (at == std::string_view::npos) at = offset(mark);
    diagnostics_.error("E003", word_place(at), "anchors are not part of pipeline files",
                       "write the value out where it is used, or make it a param and refer to it as ${name}");
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    open(DocumentValue::Kind::list, mark, tag, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    open(DocumentValue::Kind::map, mark, tag, style);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    DocumentValue value;
    bool flow = false;
    bool is_key = false;  // a list or map where a key belongs: read over
    bool has_key = false, key_plain = false, drop = false;
    std::string key;
    Place key_place;
    std::size_t key_offset = 0;
    std::unordered_map<std::string, Place> seen;
  };

  std::size_t offset(const YAML::Mark& mark) const {
    return std::min(mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos), text_.size());
  }
  Place word_place(std::size_t at) {
    std::size_t to = text_.find_first_of(" \t\n,]}", at);
    if (to == std::string_view::npos) to = text_.size();
    return lines_.place(at, std::max(1, static_cast<int>(count_characters(text_.substr(at, to - at)))));
  }
  std::string_view null_word(std::size_t at) const {
    const std::string_view rest = text_.substr(at);
    for (std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (!rest.starts_with(word)) continue;
      // Of `a:` and then `null: 1` the empty value is reported at the key of the next line.
      const std::string_view after = rest.substr(word.size());
      const bool is_value =
          stack_.empty() || stack_.back().value.kind != DocumentValue::Kind::map || stack_.back().has_key;
      const std::size_t next = after.find_first_not_of(" \t");
      if (is_value && next != std::string_view::npos && after[next] == ':') return {};
      return rest.substr(0, word.size());
    }
    return {};
  }

  bool check_tag(std::size_t at, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return false;
    if (at < text_.size() && text_[at] != '!') {
      const std::size_t line_start = text_.rfind('\n', at) + 1;
      const std::size_t mark = text_.rfind('!', at);
      if (mark != std::string_view::npos && mark >= line_start) at = mark;
    }
    diagnostics_.error("E003", word_place(at), "tags are not part of pipeline files",
                       "values are read by the type that is wanted; quote a number that is meant as text");
    return true;
  }

  /// Characters of the scalar as it is written, up to the end of its first line.
  int scalar_length(std::size_t at, const DocumentValue& value) const {
    std::size_t end = at;
    const char first = at < text_.size() ? text_[at] : '\0';
    if (value.quoted && (first == '"' || first == '\''))
      end = end_of_quoted(text_, at);
    else if (!value.quoted && text_.substr(at).starts_with(value.text))
      end = at + value.text.size();
    else
      end = std::string_view::npos;
    // Only what is the scalar's is searched for a line end: a file may be one long line.
    std::string_view written = text_.substr(at, end == std::string_view::npos ? end : end - at);
    written = written.substr(0, written.find('\n'));
    while (!written.empty() && (written.back() == ' ' || written.back() == '\t')) written.remove_suffix(1);
    return std::max(1, static_cast<int>(count_characters(written)));
  }

  bool expects_key() const {
    return !stack_.empty() && stack_.back().value.kind == DocumentValue::Kind::map && !stack_.back().has_key;
  }

  void take_key(std::string key, std::size_t at, bool drop, Place place = {}) {
    Frame& frame = stack_.back();
    frame.has_key = true;
    frame.key_plain = true;
    frame.drop = drop;
    frame.key = std::move(key);
    frame.key_offset = at;
    frame.key_place = place.line > 0 ? place : lines_.place(at);
    if (drop) return;
    auto [known, fresh] = frame.seen.emplace(frame.key, frame.key_place);
    if (fresh) return;
    frame.drop = true;
    Diagnostic twice;
    twice.code = "E002";
    twice.place = frame.key_place;
    twice.message = "the key " + ticked(frame.key) + " stands here a second time";
    twice.notes.push_back({known->second, "first here"});
    twice.help = "only one of them can count: take the other away";
    diagnostics_.add(std::move(twice));
  }

  /// `{type:Fit}` is a key `type:Fit` without value: said, and read as it was meant, so that nothing else is said of
  /// it.
  bool mend_missing_space(DocumentValue& value) {
    if (stack_.empty() || stack_.back().value.kind != DocumentValue::Kind::map) return false;
    Frame& frame = stack_.back();
    if (!frame.has_key || !frame.key_plain || frame.drop) return false;
    const std::size_t split = missing_space_after_colon(frame.key);
    if (split == std::string_view::npos) return false;
    const std::string name = frame.key.substr(0, split - 1), rest = frame.key.substr(split);
    diagnostics_.error("E001", frame.key_place, "a space is missing after the colon",
                       "write `" + printable(name + ": " + rest) + "`");
    value.kind = DocumentValue::Kind::scalar;
    value.offset = frame.key_offset + split;
    value.place = lines_.place(value.offset, static_cast<int>(count_characters(rest)));
    value.text = rest;
    if (rest.size() >= 2 && (rest[0] == '"' || rest[0] == '\'') && rest.back() == rest[0]) {
      value.text = rest.substr(1, rest.size() - 2);
      value.quoted = true;
    }
    const Place place = frame.key_place;
    take_key(name, frame.key_offset, false, place);
    finish(std::move(value));
    return true;
  }

  void open(DocumentValue::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::EmitterStyle::value style) {
    const std::size_t at = offset(mark);
    const bool tagged = check_tag(at, tag);
    if (stack_.size() >= kMostDepth) {
      diagnostics_.error("E004", lines_.place(at),
                         "lists and maps are nested more than " + std::to_string(kMostDepth) + " deep");
      throw Stop();
    }
    Frame frame;
    frame.is_key = expects_key();
    if (frame.is_key && std::ranges::none_of(stack_, &Frame::is_key)) {
      const bool twice = text_.substr(at).starts_with("{") && at > 0 && text_[at - 1] == '{';
      later_.error("E001", lines_.place(at), "a key must be a word, not a list or a map",
                   twice ? "a reference is written \"${name}\", in quotes" : "");
    }
    if (frame.is_key) stack_.back().value.broken = true;
    frame.flow = style == YAML::EmitterStyle::Flow && at < text_.size() && (text_[at] == '{' || text_[at] == '[');
    frame.value.kind = kind;
    frame.value.broken = tagged;
    frame.value.offset = at;
    frame.value.place = lines_.place(at);
    stack_.push_back(std::move(frame));
  }

  void close() {
    Frame done = std::move(stack_.back());
    stack_.pop_back();
    if (done.is_key)
      take_key({}, done.value.offset, true);
    else
      finish(std::move(done.value));
  }

  void finish(DocumentValue value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return;
    }
    Frame& frame = stack_.back();
    if (frame.value.kind == DocumentValue::Kind::list) {
      frame.value.items.push_back(std::move(value));
      return;
    }
    frame.has_key = false;
    if (!frame.drop) frame.value.entries.push_back({std::move(frame.key), frame.key_place, std::move(value)});
  }

  std::string_view text_;
  Lines& lines_;
  Diagnostics& diagnostics_;
  std::vector<Frame> stack_;
  // Keys that are no words. Where the parser stumbles they come of the same slip, a bracket that is not closed.
  Diagnostics later_;
  DocumentValue root_;
  std::optional<std::size_t> last_scalar_;
  int documents_ = 0;
  bool whole_ = false;
};

void check_root(const Document& document, Diagnostics& diagnostics) {
  const DocumentValue& root = document.root;
  if (root.kind == DocumentValue::Kind::map) return;
  if (root.kind == DocumentValue::Kind::null) {
    diagnostics.error("E001", {}, "the file holds nothing", "a pipeline begins with the line `pixgraph: 1`");
    return;
  }
  const std::size_t split = missing_space_after_colon(root.text);
  if (root.kind == DocumentValue::Kind::scalar && split != std::string_view::npos && !root.quoted)
    diagnostics.error("E001", root.place, "a space is missing after the colon",
                      "write `" + printable(root.text.substr(0, split) + " " + root.text.substr(split)) + "`");
  else
    diagnostics.error("E001", root.place, "a pipeline is a map of keys, and this is none",
                      "it begins with the line `pixgraph: 1`");
}

}  // namespace

const DocumentValue* DocumentValue::find(std::string_view key) const {
  for (const DocumentEntry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

Document parse_document(std::string file, std::string text, Diagnostics& diagnostics) {
  Document document;
  document.file = std::move(file);
  document.text = normalised_source(std::move(text));
  Lines lines(document.text);
  if (!check_source(document.text, lines, diagnostics)) return document;
  const int errors_before = diagnostics.error_count();
  std::istringstream stream(without_controls(document.text, lines, diagnostics));
  Builder builder(document.text, lines, diagnostics);
  try {
    YAML::Parser parser(stream);
    // What follows the first document is read too: it is a mistake to be shown.
    while (parser.HandleNextDocument(builder)) {
    }
    document.root = builder.take_root();
    if (document.root.kind != DocumentValue::Kind::null || diagnostics.error_count() == errors_before)
      check_root(document, diagnostics);
  } catch (const Stop&) {
    if (builder.is_whole()) document.root = builder.take_root();
  } catch (const YAML::ParserException& stopped) {
    SyntaxFault fault;
    fault.text = document.text;
    fault.parser_message = stopped.msg;
    fault.at =
        stopped.mark.pos < 0 ? document.text.size() : std::min<std::size_t>(stopped.mark.pos, document.text.size());
    fault.last_scalar = builder.last_scalar();
    fault.open_flow = builder.open_flow();
    diagnostics.add(explain_syntax(fault, lines));
  } catch (const YAML::Exception& stopped) {
    diagnostics.error("E001", {}, "this is not YAML: " + printable(stopped.msg));
  }
  return document;
}

namespace {

constexpr std::size_t kMostNested = 16;  // files that use each other in turn

std::string canonical(const std::string& file) {
  std::error_code failed;
  const auto path = std::filesystem::weakly_canonical(file, failed);
  return failed ? file : path.string();
}

/// Reads what the document's nodes use. `chain`: the files that led here, this one the last.
void read_used(Document& document, std::vector<std::string>& chain, Diagnostics& diagnostics) {
  const DocumentValue* nodes = document.root.find("nodes");
  if (!nodes || nodes->kind != DocumentValue::Kind::map) return;
  std::set<std::string> seen;
  for (const DocumentEntry& entry : nodes->entries) {
    const DocumentValue* use = entry.value.find("use");
    if (!use || use->kind != DocumentValue::Kind::scalar || !seen.insert(use->text).second) continue;
    const std::string path = (std::filesystem::path(document.file).parent_path() / use->text).string();
    chain.push_back(path);
    const auto same = std::find_if(chain.begin(), chain.end() - 1,
                                   [&](const std::string& one) { return canonical(one) == canonical(path); });
    if (same != chain.end() - 1) {
      std::string circle;
      for (auto step = same; step != chain.end(); ++step) circle += (step == same ? "" : " -> ") + printable(*step);
      diagnostics.error("E032", use->place, "a pipeline cannot use itself: " + circle, "take one of these `use` away");
    } else if (chain.size() > kMostNested) {
      diagnostics.error("E032", use->place, "more than 16 pipelines use each other in turn");
    } else {
      try {
        auto inner = std::make_shared<Document>();
        Diagnostics mistakes;
        *inner = parse_document(path, read_source(path), mistakes);
        read_used(*inner, chain, mistakes);
        diagnostics.take_errors(mistakes, std::make_shared<const SourceFile>(SourceFile{inner->file, inner->text}));
        if (!mistakes.has_errors()) document.used.emplace(use->text, std::move(inner));
      } catch (const Error& error) {
        diagnostics.error("E032", use->place, error.message(),
                          "`use` is the path of a pipeline file, from this file's folder");
      }
    }
    chain.pop_back();
  }
}

}  // namespace

Document read_document(const std::string& file, Diagnostics& diagnostics) {
  Document document = parse_document(file, read_source(file), diagnostics);
  std::vector<std::string> chain = {file};
  read_used(document, chain, diagnostics);
  return document;
}

}  // namespace pixgraph
