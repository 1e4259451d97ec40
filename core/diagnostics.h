// Diagnostics: the mistakes found in a pipeline file, collected instead of thrown one by one, and how they are shown.
//
// Plain values, used by one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pixgraph/error.h>

namespace pixgraph {

/// A stretch of one line of a file. 1-based, columns count characters (UTF-8 code points); line 0 = the file as a
/// whole.
struct Place {
  int line = 0;
  int column = 0;
  int length = 1;
};

/// A file other than the one that is being checked.
struct SourceFile {
  std::string name, text;
};

struct Diagnostic {
  enum class Severity { error, warning };
  Severity severity = Severity::error;
  std::string code;     // "E012"
  std::string message;  // one sentence without a full stop; names in `backticks`
  Place place;
  std::string label;  // said under the caret; may be empty
  struct Note {       // another place that belongs to it, with what is there
    Place place;
    std::string text;
  };
  std::vector<Note> notes;
  std::string help;                             // what to do; may be empty
  std::string source;                           // where it is written, if not in the file: "--set width=ten"
  std::shared_ptr<const SourceFile> file = {};  // where its places are; null: in the file that is being checked
};

class Diagnostics {
 public:
  void add(Diagnostic diagnostic);
  void error(std::string code, Place place, std::string message, std::string help = {}, std::string label = {});
  void warning(std::string code, Place place, std::string message, std::string help = {}, std::string label = {});
  /// Takes over the errors that were found in another file.
  void take_errors(const Diagnostics& found, const std::shared_ptr<const SourceFile>& in);
  /// Until it is called again, places are of that file; null: of the one that is being checked.
  void write_in(std::shared_ptr<const SourceFile> file) { file_ = std::move(file); }
  bool has_errors() const { return errors_ > 0; }
  int error_count() const { return errors_; }
  /// By line and column; equal ones once.
  std::vector<Diagnostic> sorted() const;
  /// The whole text for a terminal: every diagnostic with its lines and caret, at most 20, then the count line
  /// ("3 errors in catalog.yaml, nothing was run"). `text` is the file's content. Colours only when asked.
  std::string render(std::string_view file, std::string_view text, bool colour) const;
  /// The same as data: a JSON array.
  std::string json(std::string_view file) const;

 private:
  std::vector<Diagnostic> all_;
  int errors_ = 0;
  std::shared_ptr<const SourceFile> file_;
};

/// An error that ends a command, as a terminal shows it.
std::string render_error(const Error& error, bool colour);

/// Mistakes that end the command, as the text of Diagnostics::render.
class Mistakes : public Error {
 public:
  Mistakes(const Diagnostics& diagnostics, std::string_view file, std::string_view text, bool colour);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace pixgraph
