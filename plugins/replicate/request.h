// A node's inputs as the JSON that a model is sent, with the files in it kept apart.
#pragma once

#include <pixgraph/node.h>
#include <pixgraph/remote.h>

#include "links.h"

namespace pixgraph::replicate {

/// Sets request.input and request.files from the value of `input:` (an Object, a json object, or absent). Files, images
/// and URLs of files that pixgraph has saved become {"$file": n}. null and absent are left out at every depth; false, 0
/// and "" are values and stay. Whole numbers are written without a fraction (7.0 as 7), so that equal requests are
/// equal text. Throws Error E405 for what JSON cannot say. No network; reads only files that have no hash yet.
void fill_input(const Value& input, Host& host, const Links& links, Request& request);

/// request.input with every {"$file": n} replaced by the reference of file n.
nlohmann::json with_references(const Request& request);

}  // namespace pixgraph::replicate
