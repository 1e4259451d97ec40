// nodes: the node types of this plugin, each in the file of its name (comment, run, add: in that order).
//
// Errors: E311 a damaged or truncated file, E312 one of another kind, E313 too many pixels, E321 what a format cannot
// hold, E331 images that do not fit the node, E333 a colour's text, E335 params that exclude each other.
#pragma once

#include <pixgraph/plugin.h>

namespace pixgraph::media {

void add_animate(Registrar& registrar);
void add_frames(Registrar& registrar);

}  // namespace pixgraph::media
