// Report data: what the page's modules show, as columns of numbers: one object per task would be slow at 200,000 of
// them.
//
//   boxes     [{name, label, kind, hosted}]            the pipeline's inputs, nodes and outputs
//   texts     causes and the like, each once; the columns below have their numbers, -1 for none
//   items     {name[], state: one letter each, ms[], cause[], code[], first[]: its first picture, one more at the end}
//   pictures  {box[], thumb[]: -1 for none, path[]: a relative URL or "", size[]: "768x512" or ""}
//   tasks     {item[], box[], state: one letter each, start[], ms[], cause[]}, in the order of their starts; start and
//             item as the difference from the one before
//   predictions {item[]: one row for each item that used it, box[], id[], model[]: text, state[]: text, reused[],
//   input[]: text, cost[]?}
//
// Letters: d done, r reused, f failed, s skipped, c canceled, u unfinished.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "run_record.h"

namespace pixgraph {

/// The pictures of a report, by item: what it began with, what was made of it, what was written.
struct ReportPictures {
  struct One {
    int box = 0, thumb = -1;
    std::string hash, path;  // path: absolute, or ""
    int width = 0, height = 0;
  };
  std::vector<std::vector<One>> of_item;
  std::vector<std::string> thumbs;  // hashes
};

/// Without thumbs.
ReportPictures pictures_of(const RunRecord& record);
/// The picture that stands for an item: what came out, or what went in where nothing did. Null where there is none.
const ReportPictures::One* cover_of(const RunRecord& record, const ReportPictures& pictures, int item);

/// `inputs`: by prediction, what it was asked, as text; `folder`: of the page.
nlohmann::json report_data(const RunRecord& record, const ReportPictures& pictures,
                           const std::vector<std::string>& inputs, const std::string& folder);

}  // namespace pixgraph
