// A prediction object as servers write it: what of it is relied on, and how. `urls`, `model`, `version` and dates of an
// answer are never acted on: gateways answer with those of the server behind them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

#include "server.h"

namespace pixgraph::replicate {

/// The answer with what its words (`error`, `logs`) repeat of the server's secrets taken out: they are shown and kept.
nlohmann::json without_secrets(nlohmann::json answer, const Server& server);

/// Reads an answer. An unknown status counts as processing: only the four documented ends are ends. `id` is the one
/// that was asked about (messages name it). The logs kept in Snapshot::answer are cut to 64 kB.
Snapshot read_snapshot(nlohmann::json answer, const std::string& id);

/// The id of an answer to a create: letters, digits, '-' and '_', at most 128; empty where there is none such. A whole
/// number is taken too.
std::string read_id(const nlohmann::json& answer);
bool is_id(std::string_view text);

/// The files in an output of any JSON shape, in the document's order (objects: in the order of their keys, since
/// answers come with sorted keys). A file is an http(s) URL or a data: URI that is the whole string; a string with
/// blanks in it, a bare file name or any other text is text.
std::vector<std::string> files_in(const nlohmann::json& output);
bool is_link(std::string_view text);

/// 0..1 from the last progress bar in the logs (tqdm's `75%|███▌ | 3/4`), however its blanks were damaged.
std::optional<double> progress_in(std::string_view logs);
/// The number after the last "Using seed:".
std::optional<std::int64_t> seed_in(std::string_view logs);
/// The last `count` lines that are no progress bar, one line: "a | b | c".
std::string last_lines(std::string_view logs, int count);
/// At most 64 kB: the beginning (the seed is there) and the end (the reason is there).
std::string shortened_logs(std::string_view logs);

}  // namespace pixgraph::replicate
