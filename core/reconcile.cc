#include "reconcile.h"

#include <algorithm>

#include "clock.h"
#include "hash.h"

namespace pixgraph {

using nlohmann::json;

static json sent_value(const json& value, const Request& request) {
  if (value.is_object()) {
    if (value.size() == 1 && value.contains("$file")) {
      const RequestFile& file = request.files.at(value["$file"].get<std::size_t>());
      if (!file.upload_id.empty()) return {{"$upload", file.upload_id}};
      if (file.reference.starts_with("data:")) return {{"$data", sha256(file.reference)}};
      return file.reference;
    }
    json object = json::object();
    for (const auto& [name, inner] : value.items())
      if (!inner.is_null()) object[name] = sent_value(inner, request);
    return object;
  }
  if (value.is_array()) {
    json list = json::array();
    for (const json& inner : value) list.push_back(sent_value(inner, request));
    return list;
  }
  return value;
}

json sent_input(const Request& request) {
  return sent_value(*request.input, request);
}

Fit fits(const json& sent, const json& echoed) {
  if (sent.is_object() && sent.size() == 1 && sent.contains("$upload"))
    return echoed.is_string() && echoed.get_ref<const std::string&>().find(
                                     sent["$upload"].get_ref<const std::string&>()) != std::string::npos
               ? Fit::yes
               : Fit::no;
  if (sent.is_object() && sent.size() == 1 && sent.contains("$data")) {
    if (echoed.is_string() && sha256(echoed.get_ref<const std::string&>()) == sent["$data"]) return Fit::yes;
    // Cut short, replaced by a link of the server's, or left out: it cannot be told what it was.
    return Fit::perhaps;
  }
  if (sent.is_object()) {
    if (!echoed.is_object()) return Fit::no;
    Fit all = Fit::yes;
    for (const auto& [name, inner] : sent.items()) {
      const auto found = echoed.find(name);
      all = std::min(all, fits(inner, found == echoed.end() ? json() : *found));
    }
    return all;
  }
  if (sent.is_array()) {
    if (!echoed.is_array() || echoed.size() != sent.size()) return Fit::no;
    Fit all = Fit::yes;
    for (std::size_t i = 0; i < sent.size(); ++i) all = std::min(all, fits(sent[i], echoed[i]));
    return all;
  }
  return sent == echoed ? Fit::yes : Fit::no;  // json compares 7 and 7.0 as equal
}

std::optional<std::vector<Candidate>> list_all(const RemoteNode& node, const std::string& server,
                                               std::chrono::system_clock::time_point since, Host& host,
                                               const std::function<void()>& before_page) {
  constexpr int kMostPages = 2000;
  std::vector<Candidate> all;
  std::set<std::string> seen;
  std::string cursor;
  for (int number = 0; number < kMostPages && seen.insert(cursor).second; ++number) {
    before_page();
    std::optional<ListPage> page = node.list(server, since, cursor, host);
    if (!page) return std::nullopt;
    std::move(page->predictions.begin(), page->predictions.end(), std::back_inserter(all));
    if (page->next.empty()) return all;
    cursor = std::move(page->next);
  }
  return std::nullopt;
}

Finding judge(const Purchase& intent, const std::vector<Candidate>& listed, const std::set<std::string>& taken) {
  std::vector<std::string> sure, perhaps;
  // A POST follows its intent within a minute; what was created long after it is somebody else's. The margin is for
  // clocks.
  const auto intended = parse_iso_time(intent.wall);
  constexpr auto kMargin = std::chrono::minutes(15);
  for (const Candidate& candidate : listed) {
    if (taken.contains(candidate.id) || !candidate.snapshot.answer || !candidate.snapshot.answer->is_object()) continue;
    const json& answer = *candidate.snapshot.answer;
    const auto created = answer.find("created_at");
    if (intended && created != answer.end() && created->is_string())
      if (const auto when = parse_iso_time(created->get_ref<const std::string&>()); when && *when > *intended + kMargin)
        continue;
    const auto input = answer.find("input");
    const bool removed = answer.value("data_removed", json(false)) == json(true);
    Fit fit = Fit::perhaps;  // an input that is gone or not listed tells nothing
    if (input != answer.end() && input->is_object() && !(removed && input->empty())) fit = fits(intent.sent, *input);
    if (fit == Fit::yes) sure.push_back(candidate.id);
    if (fit == Fit::perhaps) perhaps.push_back(candidate.id);
  }
  if (sure.size() == 1) return {Finding::Kind::one, sure[0], ""};
  if (sure.size() > 1)
    return {Finding::Kind::undecided, "", "predictions " + sure[0] + " and " + sure[1] + " both have its input"};
  if (!perhaps.empty())
    return {Finding::Kind::undecided, "",
            "prediction " + perhaps[0] + " may be it: the server does not show its whole input"};
  return {};
}

static constexpr int kListTries = 8;

Inquiry::Step Inquiry::look(const Purchase& intent, const Asked& asked) {
  using std::chrono::milliseconds;
  using Kind = Step::Kind;
  std::optional<std::vector<Candidate>> listed;
  try {
    const auto began = parse_iso_time(intent.wall).value_or(std::chrono::system_clock::now() - std::chrono::hours(1));
    listed = list_all(asked.node, intent.server, began - std::chrono::minutes(10), asked.host, asked.before_page);
  } catch (const Throttled&) {
    throw;
  } catch (const Error& error) {
    if (error.stops_run() || ++failures_ >= kListTries)
      throw Error("E514", "it could not be found out whether a prediction was bought: " + error.message(),
                  "run again when the server answers")
          .stopping_run();
    return {Kind::wait, "", asked.real(milliseconds(500) * (1 << failures_))};
  }
  if (!listed) return {Kind::maybe_paid, "the server has no list to look it up"};
  Finding finding = judge(intent, *listed, {});
  if (finding.kind != Finding::Kind::none) finding = judge(intent, *listed, asked.ids());
  if (finding.kind == Finding::Kind::undecided) return {Kind::maybe_paid, finding.why};
  if (finding.kind == Finding::Kind::one) return {Kind::adopt, finding.id};
  const auto now = std::chrono::steady_clock::now();
  const bool first = !first_empty_;
  if (first) first_empty_ = now;
  const auto enough =
      std::max(*first_empty_ + asked.real(milliseconds(30'000)), died_at_ + asked.real(milliseconds(60'000)));
  if (now >= enough) return {Kind::not_bought};
  return {Kind::wait, "", std::chrono::duration_cast<milliseconds>(enough - now) + milliseconds(1),
          first || !doubt_.empty()};
}

}  // namespace pixgraph
