// BoundCall: the Call that a graph's node gives its function: arguments evaluated and converted, outputs checked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pixgraph/node.h>

#include "codec.h"
#include "evaluate.h"
#include "graph.h"

namespace pixgraph {

class BoundCall : public Call {
 public:
  /// Evaluates every argument now, which may decode files; but an image that is a file still is decoded when the node
  /// asks for it, at the size that it wants. Throws Error.
  BoundCall(const GraphNode& node, const ItemValues& values, const Codecs& codecs, Host& host);

  Host& host() override { return host_; }
  const Value& value(std::string_view name) const override;
  ImageSize size(std::string_view name) const override;
  ImagePtr image_at_least(std::string_view name, int width, int height) const override;
  ImagePtr take_image(std::string_view name) override;
  ImagePtr take_rows(std::string_view name, RowSink& rows) override;
  void set(std::string_view output, Value value) override;
  /// Whether nothing in this argument came out of a node.
  bool written_by_user(std::string_view name) const;

  /// One value per output of the Spec, absent where the node set none. Call it once.
  std::vector<Value> take_outputs() { return std::move(outputs_); }
  /// Lets go of every image among the arguments.
  void release_inputs();

 private:
  /// Throws E330 where the values break a rule of the Spec.
  void check_rules() const;
  void forget(std::string_view name);
  /// The file of an image input that nobody has asked for yet; null for any other.
  FilePtr undecoded(std::string_view name) const;

  const GraphNode& node_;
  const Spec& spec_;
  const Codecs& codecs_;
  Host& host_;
  mutable std::vector<Value> arguments_;  // inputs, then params; files among images until value() is asked for them
  Value open_;
  std::vector<Value> outputs_;
};

}  // namespace pixgraph
