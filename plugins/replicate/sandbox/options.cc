#include "options.h"

#include <charconv>
#include <functional>
#include <stdexcept>

#include "clock.h"
#include "faults.h"

namespace sandbox {

namespace {

struct Option {
  std::string name;
  std::string value;  // what the help calls its value; empty = a flag
  std::string doc;
  std::function<void(Options&, const std::string&)> set;
};

[[noreturn]] void refuse(const std::string& name, const std::string& value, const std::string& wanted) {
  throw std::invalid_argument(name + " " + value + ": wants " + wanted);
}

template <typename Number>
Number number(const std::string& name, const std::string& value, Number low, Number high) {
  Number result{};
  const char* end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, result);
  // Written so that NaN is refused too.
  if (parsed.ec != std::errc() || parsed.ptr != end || !(result >= low && result <= high)) {
    refuse(name, value, "a number of " + std::to_string(low) + " to " + std::to_string(high));
  }
  return result;
}

double duration(const std::string& name, const std::string& value) {
  const auto seconds = parse_duration(value);
  if (!seconds) refuse(name, value, "a duration such as 400ms, 2s or 1m");
  return *seconds;
}

double per_second(const std::string& name, const std::string& value) {
  const std::size_t slash = value.find('/');
  const std::string unit = slash == std::string::npos ? "min" : value.substr(slash + 1);
  const double seconds = unit == "s" ? 1 : unit == "min" ? 60 : unit == "h" ? 3600 : 0;
  if (seconds == 0) refuse(name, value, "a rate such as 600/min, 10/s");
  return number<double>(name, value.substr(0, slash), 0.001, 1e9) / seconds;
}

const std::vector<Option>& table() {
  static const std::vector<Option> options = {
      {"--port", "N", "port to listen on; 0 takes a free one (default 0)",
       [](Options& o, const std::string& v) { o.port = number<int>("--port", v, 0, 65535); }},
      {"--latency", "TIME", "run time of each prediction, e.g. 400ms, 2s, 1m (default: each model's own)",
       [](Options& o, const std::string& v) { o.latency = duration("--latency", v); }},
      {"--queue", "TIME", "time in `starting` before a prediction runs (default 0ms)",
       [](Options& o, const std::string& v) { o.queue = duration("--queue", v); }},
      {"--time-scale", "X", "simulated seconds per real second: run times, links, rates (default 1)",
       [](Options& o, const std::string& v) { o.time_scale = number<double>("--time-scale", v, 0.001, 1e6); }},
      {"--links-live", "TIME", "outputs, inputs and logs vanish after this (default 1h)",
       [](Options& o, const std::string& v) { o.links_live = duration("--links-live", v); }},
      {"--rate-creates", "N/min", "limit of creates, answered 429 beyond (default: none)",
       [](Options& o, const std::string& v) { o.creates.per_second = per_second("--rate-creates", v); }},
      {"--rate-other", "N/min", "limit of every other request (default: none)",
       [](Options& o, const std::string& v) { o.other.per_second = per_second("--rate-other", v); }},
      {"--burst-creates", "N", "creates that may come at once (default: six seconds' worth)",
       [](Options& o, const std::string& v) { o.creates.burst = number<double>("--burst-creates", v, 1, 1e9); }},
      {"--burst-other", "N", "other requests that may come at once (default: six seconds' worth)",
       [](Options& o, const std::string& v) { o.other.burst = number<double>("--burst-other", v, 1, 1e9); }},
      {"--fault", "NAME[:rate]", "misbehave: see the list below; repeatable; rate 0..1, or xN for the first N times",
       [](Options& o, const std::string& v) {
         Faults().add(v);  // only to refuse a wrong one here
         o.faults.push_back(v);
       }},
      {"--fault-seed", "N", "which occasions a fault with a rate hits (default 1)",
       [](Options& o, const std::string& v) {
         o.fault_seed = number<std::uint64_t>("--fault-seed", v, 0, 1'000'000'000);
       }},
      {"--until-stdin-closes", "", "end when standard input ends, so that no server outlives its parent",
       [](Options& o, const std::string&) { o.until_stdin_closes = true; }},
      {"--help", "", "show this text", [](Options& o, const std::string&) { o.help = true; }},
      {"--version", "", "show the version", [](Options& o, const std::string&) { o.version = true; }},
  };
  return options;
}

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::size_t equals = arguments[i].find('=');
    const std::string name = arguments[i].substr(0, equals);
    const Option* found = nullptr;
    for (const Option& option : table()) {
      if (option.name == name) found = &option;
    }
    if (found == nullptr) throw std::invalid_argument("unknown option '" + name + "' (--help lists them)");
    std::string value;
    if (equals != std::string::npos) {
      if (found->value.empty()) throw std::invalid_argument(name + " takes no value");
      value = arguments[i].substr(equals + 1);
    } else if (!found->value.empty()) {
      if (++i == arguments.size()) throw std::invalid_argument(name + " wants a value: " + name + " " + found->value);
      value = arguments[i];
    }
    found->set(options, value);
  }
  return options;
}

std::string help_text() {
  std::string text =
      "pixgraph-sandbox - a local server that speaks Replicate's HTTP API, with stand-in models\n\n"
      "The first line on standard output is the base URL. Any token is taken; nothing leaves this machine.\n\n"
      "usage: pixgraph-sandbox [options]\n\n";
  const auto line = [&text](std::string left, std::string_view right) {
    left.resize(std::max<std::size_t>(left.size() + 2, 28), ' ');
    text += "  " + left + std::string(right) + "\n";
  };
  for (const Option& option : table())
    line(option.value.empty() ? option.name : option.name + " " + option.value, option.doc);
  text += "\nfaults:\n";
  for (const FaultInfo& info : fault_table()) line(std::string(info.name), info.doc);
  return text;
}

}  // namespace sandbox
