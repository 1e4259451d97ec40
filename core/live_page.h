// Live page: what a browser shows of a run that goes on. The pipeline is drawn whole from the start; a module fills it
// and everything else in, from what the live server sends.
//
// Pure functions.
#pragma once

#include <string>

#include "graph_drawing.h"

namespace pixgraph {

struct LiveParts {
  Drawing drawing;              // of a pipeline that has not run
  std::string name, file, run;  // run: its id
  std::string report;           // the path of the page that this one becomes, for people
  std::string token;            // everything the page asks for names it
  bool sandbox = false;
  std::string nonce;
};

std::string live_page(const LiveParts& parts);
/// The header that goes with it: nothing is loaded but from the server itself.
std::string live_policy(const std::string& nonce);

}  // namespace pixgraph
