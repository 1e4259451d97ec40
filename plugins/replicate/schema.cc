#include "schema.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "answer.h"
#include "text.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using Kind = InputMistake::Kind;

std::string number_text(double number) {
  return number == std::floor(number) && std::abs(number) < 9e15 ? std::to_string(static_cast<long long>(number))
                                                                 : json(number).dump();
}

bool is_file(const json& value) {
  return value.is_object() && value.contains("$file");
}
bool is_later(const json& value) {
  return value.is_object() && value.contains("$later");
}

bool is_whole(const json& value) {
  return value.is_number_integer() ||
         (value.is_number_float() && value.get<double>() == std::floor(value.get<double>()));
}

/// "a, b or c"; long lists are cut.
std::string or_list(const std::vector<std::string>& words) {
  static constexpr std::size_t kMost = 20;
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i == kMost) return text + ", ...";
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  return text;
}

std::string kind_text(const ModelInput& input) {
  std::vector<std::string> words;
  if (input.single) {
    if (input.kinds & ModelInput::text) words.emplace_back("text");
    if (input.kinds & ModelInput::number)
      words.emplace_back("a number");
    else if (input.kinds & ModelInput::integer)
      words.emplace_back("a whole number");
    if (input.kinds & ModelInput::boolean) words.emplace_back("true or false");
    if (input.kinds & ModelInput::file) words.emplace_back("a file or a URL");
    if (input.kinds & ModelInput::mapping) words.emplace_back("a mapping");
  }
  if (input.list) words.emplace_back(input.kinds & ModelInput::file ? "a list of files" : "a list");
  return or_list(words);
}

/// A value as the author of a pipeline knows it.
std::string shown(const json& value, const ModelInput& input) {
  if (is_file(value)) return "a file";
  if (value.is_string())
    return input.secret ? "another text" : "\"" + shorten(one_line(value.get_ref<const std::string&>()), 40) + "\"";
  if (value.is_array()) return "a list";
  if (value.is_object()) return "a mapping";
  return value.is_number() ? number_text(value.get<double>()) : value.dump();
}

/// What follows `shown` in a sentence.
std::string what_it_is(const json& value) {
  if (value.is_string()) return " is text";
  if (value.is_boolean()) return " is true or false";
  if (value.is_number()) return is_whole(value) ? " is a whole number" : " is a number";
  return " was given";
}

bool fits_kind(const json& value, unsigned kinds) {
  if (is_file(value)) return kinds & ModelInput::file;
  if (value.is_string())
    return (kinds & ModelInput::text) || ((kinds & ModelInput::file) && is_link(value.get_ref<const std::string&>()));
  if (value.is_boolean()) return kinds & ModelInput::boolean;
  if (value.is_number()) return (kinds & ModelInput::number) || ((kinds & ModelInput::integer) && is_whole(value));
  if (value.is_object()) return kinds & ModelInput::mapping;
  return false;
}

class Checker {
 public:
  explicit Checker(const ModelSchema& schema) : schema_(schema) {}

  void check(const ModelInput& input, const json& value) {
    path_ = {input.name};
    if (is_later(value)) return check_later(input, value["$later"]);
    if (value.is_array() && input.list) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        path_ = {input.name, std::to_string(i)};
        if (is_later(value[i]))
          check_later_one(input, value[i]["$later"]);
        else
          check_one(input, value[i]);
      }
    } else if (value.is_array() || !input.single) {
      wrong_kind(input, value);
    } else {
      check_one(input, value);
    }
  }

  void unknown(const std::string& name) {
    std::vector<std::string> names;
    for (const ModelInput& input : schema_.inputs) names.push_back(input.name);
    const std::string near = did_you_mean(name, names);
    if (!near.empty()) meant_.insert(near);
    path_ = {name};
    add(Kind::unknown, "`" + name + "` is no input of " + schema_.name,
        near.empty() ? what_is_known(names) : "did you mean `" + near + "`?", schema_.complete || !near.empty());
  }

  void missing(const ModelInput& input) {
    if (meant_.contains(input.name)) return;  // it is given, under a wrong name
    path_ = {input.name};
    add(Kind::missing, "`" + input.name + "` is missing, and " + schema_.name + " needs it",
        "give " + kind_text(input));
  }

  std::vector<InputMistake> mistakes;

 private:
  std::string what_is_known(const std::vector<std::string>& names) const {
    const std::string sent = "others are sent unless the server says otherwise";
    if (schema_.complete) return names.empty() ? "it takes none" : "it takes " + and_list(names);
    return names.empty() ? sent : "known are " + and_list(names) + "; " + sent;
  }

  static std::string and_list(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
      text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    return text;
  }

  void add(Kind kind, std::string message, std::string help = {}, bool certain = true) {
    mistakes.push_back({kind, path_, std::move(message), std::move(help), certain});
  }

  /// A value of which only the type is known: refused where no value of that type would do.
  void check_later(const ModelInput& input, const json& later) {
    const std::string type = later.is_string() ? later.get<std::string>() : "";
    if (!type.starts_with("list of ")) {
      if (!input.single && !type.empty() && type != "json")
        return add(Kind::value, takes(input) + ", and this is " + named(type), "put it in brackets: [...]");
      return check_later_one(input, type);
    }
    if (input.list) return check_later_one(input, type.substr(8));
    add(Kind::value, takes(input) + ", and this is a list", "take one of it");
  }

  void check_later_one(const ModelInput& input, const std::string& type) {
    const bool picture = type == "file" || type == "image" || type == "mask";
    unsigned fits = ~0u;
    if (type == "text") fits = ModelInput::text | ModelInput::file;  // a URL is a text
    if (type == "integer") fits = ModelInput::integer | ModelInput::number;
    if (type == "number") fits = ModelInput::number | ModelInput::integer;  // it may be a whole one
    if (type == "bool") fits = ModelInput::boolean;
    if (picture) fits = ModelInput::file;
    if (input.kinds & fits) return;
    if (picture && is_plain_text(input)) return file_as_text(input, named(type));
    add(Kind::value, takes(input) + ", and this is " + named(type));
  }

  static std::string named(const std::string& type) {
    if (type == "text") return "text";
    if (type == "bool") return "true or false";
    return (type == "image" || type == "integer" ? "an " : "a ") + type;
  }

  static std::string takes(const ModelInput& input) { return "`" + input.name + "` takes " + kind_text(input); }

  /// Some models take a URL in what their schema calls any text, and a file is sent as one.
  static bool is_plain_text(const ModelInput& input) {
    return (input.kinds & ModelInput::text) && input.choices.empty() && !input.comma_list;
  }

  void file_as_text(const ModelInput& input, const std::string& what) {
    add(Kind::value, takes(input) + ", and " + what + " is sent as its URL", "that is right only where it wants a URL",
        false);
  }

  void wrong_kind(const ModelInput& input, const json& value) {
    const bool text_given = value.is_string(), number_given = value.is_number();
    std::string help;
    if (text_given && (input.kinds & ModelInput::file))
      help = "give a file, such as \"${photo}\", or a http(s) URL";
    else if (number_given && (input.kinds & ModelInput::text))
      help = "put it in quotes: \"" + number_text(value.get<double>()) + "\"";
    else if (text_given && fits_kind(json::parse(value.get_ref<const std::string&>(), nullptr, false), input.kinds))
      help = "write it without quotes";
    else if (value.is_array() && (input.kinds & ModelInput::file))
      help = "take one of it, such as \"${node.file}\"";
    else if (!value.is_array() && !input.single && fits_kind(value, input.kinds))
      help = "put it in brackets: [...]";
    if (is_file(value) && is_plain_text(input)) return file_as_text(input, "a file");
    add(Kind::value,
        "`" + input.name + "` takes " + kind_text(input) + ", and " + shown(value, input) + what_it_is(value), help);
  }

  void check_one(const ModelInput& input, const json& value) {
    if (value.is_null()) return;
    if (!fits_kind(value, input.kinds)) return wrong_kind(input, value);
    if (input.comma_list) return check_comma_list(input, value);
    if (!input.choices.empty()) return check_choice(input, value);
    if (value.is_number()) check_range(input, value.get<double>());
  }

  void check_range(const ModelInput& input, double number) {
    const bool less = input.min && number < *input.min, more = input.max && number > *input.max;
    if (less || more) {
      const std::string range = input.min && input.max ? number_text(*input.min) + " to " + number_text(*input.max)
                                : input.min            ? number_text(*input.min) + " or more"
                                                       : number_text(*input.max) + " or less";
      add(Kind::value,
          "`" + input.name + "` takes " + range + ", and " + number_text(number) + " is " + (less ? "less" : "more"));
    } else if (input.multiple_of && std::abs(std::remainder(number, *input.multiple_of)) > 1e-9) {
      const double near = std::max(std::round(number / *input.multiple_of), 1.0) * *input.multiple_of;
      add(Kind::value,
          "`" + input.name + "` takes multiples of " + number_text(*input.multiple_of) + ", and " +
              number_text(number) + " is none",
          "the nearest is " + number_text(near));
    }
  }

  void check_choice(const ModelInput& input, const json& value) {
    if (std::find(input.choices.begin(), input.choices.end(), value) != input.choices.end()) return;
    std::vector<std::string> names;
    for (const json& choice : input.choices)
      names.push_back(choice.is_string() ? choice.get<std::string>() : choice.dump());
    std::string help;
    if (value.is_string()) {
      const std::string near = did_you_mean(value.get_ref<const std::string&>(), names);
      if (!near.empty()) help = "did you mean `" + near + "`?";
    }
    add(Kind::value,
        "`" + input.name + "` takes " + or_list(names) + ", and " + shown(value, input) + " is none of them", help);
  }

  void check_comma_list(const ModelInput& input, const json& value) {
    for (std::string_view rest = value.get_ref<const std::string&>();;) {
      const auto end = std::min(rest.find(','), rest.size());
      const std::string word(rest.substr(0, end));
      if (std::find(input.choices.begin(), input.choices.end(), json(word)) == input.choices.end()) {
        std::vector<std::string> names;
        for (const json& choice : input.choices) names.push_back(choice.get<std::string>());
        const std::string near = did_you_mean(trim(word), names);
        add(Kind::value,
            "`" + input.name + "` takes names parted by commas without blanks, and \"" + shorten(one_line(word), 40) +
                "\" is none that is known",
            near.empty() ? "known are " + and_list(names) : "did you mean `" + near + "`?", schema_.complete);
      }
      if (end == rest.size()) return;
      rest.remove_prefix(end + 1);
    }
  }

  const ModelSchema& schema_;
  std::set<std::string> meant_;    // by the unknown names
  std::vector<std::string> path_;  // of what is being looked at
};

/// Edit distance with swaps of neighbours, of texts that are short.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

const ModelInput* ModelSchema::input(std::string_view input_name) const {
  for (const ModelInput& one : inputs)
    if (one.name == input_name) return &one;
  return nullptr;
}

std::string did_you_mean(std::string_view text, const std::vector<std::string>& names) {
  std::string best;
  std::size_t nearest = text.size() / 3 + 1;  // "seed" may be one off, "negative_prompt" five
  if (text.empty() || text.size() > 60) return {};
  for (const std::string& name : names) {
    const std::size_t d = distance(lower(text), lower(name));
    if (d <= nearest && d < std::max(text.size(), name.size()) && (best.empty() || d < nearest)) {
      best = name;
      nearest = d;
    }
  }
  return best;
}

std::vector<InputMistake> check_input(const ModelSchema& schema, const json& input) {
  Checker checker(schema);
  if (is_later(input)) return {};
  if (input.is_object()) {
    for (const auto& [name, value] : input.items()) {
      if (const ModelInput* known = schema.input(name))
        checker.check(*known, value);
      else
        checker.unknown(name);
    }
  }
  for (const ModelInput& known : schema.inputs) {
    const bool given = input.is_object() && input.contains(known.name) && !input.at(known.name).is_null();
    if (known.required && !given) checker.missing(known);
  }
  return std::move(checker.mistakes);
}

}  // namespace pixgraph::replicate
