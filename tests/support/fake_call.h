// fake_call: runs one node without core. A FakeRegistrar takes what a plugin registers; run_node() runs a node type
// with given values and its Spec's defaults, and returns its outputs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <pixgraph/plugin.h>

namespace pixgraph::test {

class FakeRegistrar : public Registrar {
 public:
  struct Local {
    Spec spec;
    RunFunction run;
  };
  void add(Spec spec, RunFunction run) override { nodes[spec.name] = {spec, std::move(run)}; }
  void add(Spec spec, std::shared_ptr<const RemoteNode> remote) override { remotes[spec.name] = std::move(remote); }
  void add(Codec codec) override { codecs[codec.info.name] = std::move(codec); }

  std::map<std::string, Local> nodes;
  std::map<std::string, std::shared_ptr<const RemoteNode>> remotes;
  std::map<std::string, Codec> codecs;
};

using Values = std::map<std::string, Value>;

class FakeCall : public Call {
 public:
  FakeCall(const Spec& spec, Values values, Host* host = nullptr)
      : spec_(spec), values_(std::move(values)), host_(host) {
    for (const auto& [name, value] : values_)
      if (!spec.input(name) && !spec.parameter(name)) throw Error("TEST", spec.name + " has no `" + name + "`");
    for (const Param& param : spec.params)
      if (!values_.contains(param.name)) values_[param.name] = param.preset;
  }
  Host& host() override {
    if (!host_) throw Error("TEST", "this call has no host");
    return *host_;
  }
  const Value& value(std::string_view name) const override {
    const auto found = values_.find(std::string(name));
    return found == values_.end() ? absent_ : found->second;
  }
  void set(std::string_view output, Value value) override {
    if (!spec_.output(output)) throw Error("TEST", spec_.name + " has no output `" + std::string(output) + "`");
    if (!outputs.emplace(output, std::move(value)).second)
      throw Error("TEST", "`" + std::string(output) + "` is set twice");
  }
  void warn(std::string message) override { warnings.push_back(std::move(message)); }
  bool canceled() const override { return false; }

  Values outputs;
  std::vector<std::string> warnings;

 private:
  const Spec& spec_;
  Values values_;
  Value absent_;
  Host* host_;
};

/// Outputs of one run; throws what the node throws, and Error TEST where an output is missing.
inline Values run_node(const FakeRegistrar& plugin, const std::string& type, Values values,
                       std::vector<std::string>* warnings = nullptr) {
  const FakeRegistrar::Local& node = plugin.nodes.at(type);
  FakeCall call(node.spec, std::move(values));
  node.run(call);
  for (const Port& port : node.spec.outputs)
    if (!call.outputs.contains(port.name)) throw Error("TEST", type + " did not set `" + port.name + "`");
  if (warnings) *warnings = call.warnings;
  return call.outputs;
}

/// "E311: message (hint)" of what `work` throws, "" where it throws nothing: for tests of exact texts.
template <class Work>
std::string error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code() + ": " + error.message() + (error.hint().empty() ? "" : " (" + error.hint() + ")");
  }
  return "";
}

}  // namespace pixgraph::test
