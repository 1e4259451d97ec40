#include "faults.h"

#include <charconv>
#include <stdexcept>

#include "text.h"

namespace sandbox {

namespace {

constexpr FaultInfo kTable[] = {
    {Fault::gateway_urls, "gateway-urls", "urls.* of an answer point at another origin, as a gateway's do"},
    {Fault::version_alias, "version-alias", "answers name a version dp-... instead of the one asked for"},
    {Fault::aliased_model, "aliased-model", "answers name another model than the one asked for"},
    {Fault::no_list, "no-list", "GET /predictions is 404"},
    {Fault::no_cancel, "no-cancel", "POST /predictions/ID/cancel is 404"},
    {Fault::no_files, "no-files", "everything under /files is 404"},
    {Fault::no_models, "no-models", "GET /models and GET /deployments are 404: nobody says what a model takes"},
    {Fault::codes_200, "200-codes", "creates and uploads answer 200 instead of 201"},
    {Fault::throttle_header, "429", "any request is 429 with a Retry-After header and no JSON hint"},
    {Fault::throttle_json, "429-json", "any request is 429 with `resets in ~1s` and retry_after in its JSON"},
    {Fault::payment_required, "402", "creates are 402 Insufficient credit"},
    {Fault::unauthenticated, "401", "any request is 401, whatever the token"},
    {Fault::bad_gateway_html, "502-html", "any request is 502 with an HTML page, and is not carried out"},
    {Fault::drop_before_answer, "drop-before-answer", "a create is carried out, then the connection closes unanswered"},
    {Fault::slow, "slow", "any request is answered 2 s late"},
    {Fault::stuck, "stuck", "a prediction stays in processing for ever"},
    {Fault::aborted, "aborted", "a prediction ends as aborted before it starts"},
    {Fault::failed, "failed", "a prediction ends as failed with an E-code"},
    {Fault::output_grows, "output-grows", "a list output grows while the prediction is processing"},
    {Fault::output_null, "output-null", "a prediction succeeds with output null"},
    {Fault::expired, "expired", "a prediction succeeds with its data already removed"},
    {Fault::truncated_body, "truncated-body", "a delivered file ends before its Content-Length"},
    {Fault::redirect, "redirect", "a delivered file is a 302 to a third origin"},
    {Fault::drip, "drip", "a delivered file comes in 20 pieces, 100 ms apart"},
    {Fault::wait_ends_processing, "wait-ends-processing", "Prefer: wait answers with the output but status processing"},
    {Fault::duplicate_keys, "duplicate-keys", "a prediction's JSON has the key model twice"},
    {Fault::nanoseconds, "nanoseconds", "started_at and completed_at have nine digits of fraction"},
    {Fault::dalle_body, "dalle-body", "a create is carried out but answers another API's body without an id"},
    {Fault::elided_inputs, "elided-inputs", "data: URIs are not echoed in input"},
    {Fault::trailing_slash_404, "trailing-slash-404", "a path with a slash at its end is 404"},
};
static_assert(std::size(kTable) == kFaultCount);

const FaultInfo* find(std::string_view name) {
  for (const FaultInfo& info : kTable) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

}  // namespace

std::span<const FaultInfo> fault_table() {
  return kTable;
}

void Faults::add(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string_view name = text.substr(0, colon);
  const FaultInfo* info = find(name);
  if (info == nullptr) throw std::invalid_argument("unknown fault '" + std::string(name) + "' (--help lists them)");
  double rate = 1;
  std::uint64_t first = 0;
  if (colon != std::string_view::npos) {
    std::string_view value = text.substr(colon + 1);
    const bool counted = value.starts_with('x');
    if (counted) value.remove_prefix(1);
    const char* end = value.data() + value.size();
    const auto result = counted ? std::from_chars(value.data(), end, first) : std::from_chars(value.data(), end, rate);
    if (value.empty() || result.ec != std::errc() || result.ptr != end || rate < 0 || rate > 1 ||
        (counted && first == 0)) {
      throw std::invalid_argument("--fault " + std::string(text) +
                                  ": wants NAME, NAME:rate with a rate of 0..1, or NAME:xN");
    }
  }
  Rule& rule = rules_[static_cast<std::size_t>(info->fault)];
  rule.rate = rate;
  rule.first = first;
}

bool Faults::hit(Fault fault) {
  Rule& rule = rules_[static_cast<std::size_t>(fault)];
  if (rule.rate <= 0) return false;
  const std::uint64_t occasion = rule.occasions.fetch_add(1, std::memory_order_relaxed);
  if (rule.first != 0) return occasion < rule.first;
  return unit(seed_ * 0x10001 + static_cast<std::uint64_t>(fault) * 0x1000000007ULL + occasion) < rule.rate;
}

}  // namespace sandbox
