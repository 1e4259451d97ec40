#include "condition.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace pixgraph {

namespace {

using Op = Condition::Op;

/// -1, 0, 1: exact also where an integer is larger than a number can tell apart.
int order_of(const Value& left, const Value& right) {
  if (left.integer() && right.integer())
    return *left.integer() < *right.integer() ? -1 : *left.integer() > *right.integer() ? 1 : 0;
  const auto number = [](const Value& value) {
    return value.integer() ? static_cast<double>(*value.integer()) : *value.number();
  };
  return number(left) < number(right) ? -1 : number(left) > number(right) ? 1 : 0;
}

bool compare(Op op, const Value& left, const Value& right) {
  const auto is_number = [](const Value& value) { return value.integer() || value.number(); };
  if (left.absent() || right.absent()) {
    if (op == Op::equal) return left.absent() && right.absent();
    if (op == Op::unequal) return left.absent() != right.absent();
  } else if (is_number(left) && is_number(right)) {
    const int order = order_of(left, right);
    switch (op) {
      case Op::equal: return order == 0;
      case Op::unequal: return order != 0;
      case Op::less: return order < 0;
      case Op::at_most: return order <= 0;
      case Op::greater: return order > 0;
      default: return order >= 0;
    }
  } else if (op == Op::equal || op == Op::unequal) {
    std::optional<bool> same;
    if (left.text() && right.text()) same = *left.text() == *right.text();
    if (left.boolean() && right.boolean()) same = *left.boolean() == *right.boolean();
    if (left.json() && right.json()) same = *left.json() == *right.json();
    if (same) return *same == (op == Op::equal);
  }
  throw Error("E110", "`when` cannot compare " + describe_value(left) + " with " + describe_value(right));
}

}  // namespace

bool holds(const Condition& condition, const ItemValues& values, const Codecs& codecs) {
  const auto part_holds = [&](const Condition& part) { return holds(part, values, codecs); };
  const auto operand = [&](int which) { return scalar_of(evaluate(condition.operands[which], values, codecs)); };
  switch (condition.op) {
    case Op::any_of: return std::ranges::any_of(condition.parts, part_holds);
    case Op::all_of: return std::ranges::all_of(condition.parts, part_holds);
    case Op::negation: return !part_holds(condition.parts[0]);
    case Op::value: {
      const Value value = operand(0);
      if (!value.boolean()) throw Error("E110", "`when` takes true or false, and got " + describe_value(value));
      return *value.boolean();
    }
    default: return compare(condition.op, operand(0), operand(1));
  }
}

}  // namespace pixgraph
