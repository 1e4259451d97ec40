#include "reconcile.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "clock.h"
#include "event_fields.h"
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

/// Whether a server that tidies up what it echoes may have made the one of the other: it proves nothing then.
static bool tidied(const json& sent, const json& echoed, bool links_stay) {
  if (echoed.is_null()) return true;  // left out
  if (sent.is_number() && echoed.is_number())
    return std::abs(sent.get<double>() - echoed.get<double>()) <= 1e-6 * std::abs(sent.get<double>());
  if (!sent.is_string() || !echoed.is_string()) return false;
  const auto& one = sent.get_ref<const std::string&>();
  const auto& other = echoed.get_ref<const std::string&>();
  // A link may be replaced by the server's own.
  if (one.starts_with("http") && other.starts_with("http")) return !links_stay;
  std::string plain[2];  // without white space and anything that Unicode writes in several ways
  for (const auto& [from, to] : {std::pair(&one, &plain[0]), std::pair(&other, &plain[1])})
    for (const unsigned char c : *from)
      if (c > ' ' && c < 0x7f) to->push_back(static_cast<char>(c));
  return plain[0] == plain[1];
}

static Fit compare(const json& sent, const json& echoed, bool links_stay) {
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
    for (const auto& [name, inner] : echoed.items())
      if (!inner.is_null() && !sent.contains(name)) all = Fit::perhaps;
    for (const auto& [name, inner] : sent.items()) {
      const auto found = echoed.find(name);
      all = std::min(all, compare(inner, found == echoed.end() ? json() : *found, links_stay));
    }
    return all;
  }
  if (sent.is_array()) {
    if (!echoed.is_array() || echoed.size() != sent.size()) return Fit::no;
    Fit all = Fit::yes;
    for (std::size_t i = 0; i < sent.size(); ++i) all = std::min(all, compare(sent[i], echoed[i], links_stay));
    return all;
  }
  if (sent == echoed) return Fit::yes;  // json compares 7 and 7.0 as equal
  return tidied(sent, echoed, links_stay) ? Fit::perhaps : Fit::no;
}

Fit fits(const json& sent, const json& echoed) {
  return compare(sent, echoed, false);
}

static bool has_link(const json& sent) {
  if (sent.is_string()) return sent.get_ref<const std::string&>().starts_with("http");
  return sent.is_structured() && std::any_of(sent.begin(), sent.end(), has_link);
}

static const json* input_of(const Candidate& candidate) {
  if (!candidate.snapshot.answer || !candidate.snapshot.answer->is_object()) return nullptr;
  const auto input = candidate.snapshot.answer->find("input");
  return input != candidate.snapshot.answer->end() && input->is_object() ? &*input : nullptr;
}

/// Whether this server is seen to echo the links of our purchases as they were sent.
static bool echoes_links(const Listed& listed, const std::string& server, const std::vector<Purchase>& purchases) {
  std::set<std::string> ours;
  for (const Purchase& one : purchases)
    if (one.server == server && has_link(one.sent)) ours.insert(one.sent.dump());
  return std::any_of(listed.candidates.begin(), listed.candidates.end(), [&](const Candidate& candidate) {
    const json* input = input_of(candidate);
    return input && ours.contains(input->dump());
  });
}

std::optional<Listed> list_since(const RemoteNode& node, const Purchase& intent,
                                 std::optional<std::chrono::milliseconds> age, Host& host,
                                 const std::function<void()>& before_page) {
  using std::chrono::system_clock;
  constexpr int kMostPages = 2000;
  constexpr auto kBefore = std::chrono::minutes(10), kClose = std::chrono::minutes(1);
  const auto began = parse_iso_time(intent.wall).value_or(system_clock::now() - std::chrono::hours(1));
  auto since = age ? system_clock::now() - *age : began;
  Listed listed;
  listed.earliest = since - kClose;
  std::set<std::string> seen;
  std::string cursor;
  for (int number = 0; number < kMostPages && seen.insert(cursor).second; ++number) {
    before_page();
    const auto asked = std::chrono::steady_clock::now();
    std::optional<ListPage> page = node.list(intent.server, since - kBefore, cursor, host);
    if (!page) return std::nullopt;
    if (page->server_time && cursor.empty()) {
      const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - asked);
      listed.intended = age ? *page->server_time - *age - took : began + (*page->server_time - system_clock::now());
      listed.earliest = *listed.intended - kClose;
      listed.certain = age.has_value();
      if (*listed.intended < since - kClose) {  // the list began too late
        since = *listed.intended;
        seen.clear();
        continue;
      }
    }
    std::move(page->predictions.begin(), page->predictions.end(), std::back_inserter(listed.candidates));
    if (page->next.empty()) return listed;
    cursor = std::move(page->next);
  }
  return std::nullopt;
}

/// Whether an equal input is no accident: it has a text, a file, or a number such as a seed.
static bool says_much(const json& sent) {
  if (sent.is_string()) return !sent.get_ref<const std::string&>().empty();
  if (sent.is_number()) return std::abs(sent.get<double>()) >= 10'000;
  return sent.is_structured() && std::any_of(sent.begin(), sent.end(), [](const json& one) { return says_much(one); });
}

static bool names(const json& answer, const Purchase& purchase) {
  return answer.value("model", json()) == purchase.lane || answer.value("version", json()) == purchase.lane;
}

Finding judge(const Purchase& intent, const Listed& listed, const std::set<std::string>& taken,
              const std::vector<Purchase>& others) {
  std::vector<std::string> sure, perhaps, contested;
  // A POST follows its intent within a minute; what was created before it, or long after it, is somebody else's. By our
  // clock alone that is no more than a doubt.
  const auto intended = listed.intended;
  constexpr auto kMargin = std::chrono::minutes(15);
  for (const Candidate& candidate : listed.candidates) {
    if (taken.contains(candidate.id) || !candidate.snapshot.answer || !candidate.snapshot.answer->is_object()) continue;
    const json& answer = *candidate.snapshot.answer;
    const auto when = parse_iso_time(text_of(answer, "created_at"));
    using Time = std::chrono::system_clock::time_point;
    if (intended && when.value_or(Time::min()) > *intended + kMargin) continue;
    const bool early = listed.earliest && when.value_or(Time::max()) < *listed.earliest;
    if (early && listed.certain) continue;
    const auto input = answer.find("input");
    const bool removed = answer.value("data_removed", json(false)) == json(true);
    Fit fit = Fit::perhaps;  // an input that is gone or not listed tells nothing
    if (input != answer.end() && input->is_object() && !(removed && input->empty())) fit = fits(intent.sent, *input);
    if (early || (!says_much(intent.sent) && !names(answer, intent))) fit = std::min(fit, Fit::perhaps);
    bool doubtful = false, another = false;
    if (fit != Fit::no && input != answer.end() && input->is_object())
      for (const Purchase& other : others) {
        const Fit its = other.server == intent.server ? fits(other.sent, *input) : Fit::no;
        if (its == Fit::no || (its == Fit::perhaps && fit == Fit::yes)) continue;
        const bool ours = names(answer, intent), theirs = names(answer, other);
        another = another || (theirs && !ours);
        doubtful = doubtful || ours == theirs;
      }
    if (another) continue;
    if (doubtful) {
      contested.push_back(candidate.id);
      continue;
    }
    if (fit == Fit::yes) sure.push_back(candidate.id);
    if (fit == Fit::perhaps) perhaps.push_back(candidate.id);
  }
  if (sure.size() == 1) return {Finding::Kind::one, sure[0], ""};
  if (!contested.empty())
    return {Finding::Kind::contested, "",
            "prediction " + contested[0] + " may as well be another request that is in doubt"};
  if (sure.size() > 1)
    return {Finding::Kind::undecided, "", "predictions " + sure[0] + " and " + sure[1] + " both have its input"};
  if (!perhaps.empty())
    return {Finding::Kind::undecided, "",
            "prediction " + perhaps[0] + " may be it: its input or its time does not tell for sure"};
  return {};
}

static constexpr int kListTries = 8;
static constexpr int kContestedTries = 24;  // two minutes, in which the other one gets its id or is in doubt too

Inquiry::Step Inquiry::look(const Purchase& intent, const Asked& asked) {
  using std::chrono::milliseconds;
  using Kind = Step::Kind;
  std::optional<Listed> listed;
  try {
    listed = list_since(asked.node, intent, asked.ledger.age(intent), asked.host, asked.before_page);
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
  if (asked.real(milliseconds(1000)) != milliseconds(1000)) listed->earliest.reset();  // its time is not ours
  Finding finding = judge(intent, *listed, {}, {});
  if (finding.kind != Finding::Kind::none) {
    std::vector<Purchase> others = asked.ledger.all();
    if (has_link(intent.sent) && echoes_links(*listed, intent.server, others))
      std::erase_if(listed->candidates, [&](const Candidate& candidate) {
        const json* input = input_of(candidate);
        return input && !input->empty() && compare(intent.sent, *input, true) == Fit::no;
      });
    std::erase_if(others, [&](const Purchase& one) {
      return one.state != PurchaseState::intent || (one.key == intent.key && one.number == intent.number);
    });
    finding = judge(intent, *listed, asked.ledger.all_ids(), others);
  }
  if (finding.kind == Finding::Kind::contested && ++contested_ <= kContestedTries)
    return {Kind::wait, "", asked.real(milliseconds(5000))};
  if (finding.kind == Finding::Kind::contested || finding.kind == Finding::Kind::undecided)
    return {Kind::maybe_paid, finding.why};
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
