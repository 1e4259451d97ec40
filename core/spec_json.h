// Specs and codec descriptions as JSON: the registry cache, `nodes --json`, and the schema are made of it.
#pragma once

#include <nlohmann/json.hpp>

#include <pixgraph/codec.h>
#include <pixgraph/spec.h>

namespace pixgraph {

/// The two directions are exact inverses. The ways back throw nlohmann's exceptions or std::invalid_argument for what
/// is none.
nlohmann::json spec_to_json(const Spec& spec);
Spec spec_from_json(const nlohmann::json& json);
nlohmann::json codec_to_json(const CodecInfo& codec);
CodecInfo codec_from_json(const nlohmann::json& json);

}  // namespace pixgraph
