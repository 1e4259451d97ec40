// Report page: the part of a report that is HTML from the beginning and read without scripts: verdict, counts, the
// pipeline, failures by cause, where time and money went, how to do it again.
//
// Pure functions of the record.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report_data.h"
#include "run_record.h"

namespace pixgraph {

/// Failed items that failed of the same: at one node, with one code and a message that differs in numbers and names
/// only.
struct FailureGroup {
  std::string node, code, cause, hint;  // of the first
  std::vector<int> items;
};
/// The largest first.
std::vector<FailureGroup> failures_of(const RunRecord& record);

struct Verdict {
  enum class Kind { good, bad, open } kind = Kind::good;
  std::string sign, title, sentence;
};
Verdict verdict_of(const RunRecord& record);

/// Whether that is a page of ours, by its head.
bool is_report(std::string_view page);
/// What was typed, as a shell reads it.
std::string command_line(const RunRecord& record);

struct PageParts {
  const RunRecord& record;
  const ReportPictures& pictures;
  const std::vector<std::string>& models;        // lines for the section "reproduce"
  std::string folder;                            // the page's, absolute
  std::string nonce;                             // of its scripts and styles
  std::function<std::string(int thumb)> source;  // of an <img>
};

/// From <!doctype html> to where the page's data begin.
std::string page_begin(const PageParts& parts);
/// The modules, and the end.
std::string page_end(const PageParts& parts);

}  // namespace pixgraph
