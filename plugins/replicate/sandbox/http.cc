#include "http.h"

#include "answer.h"
#include "text.h"

namespace sandbox {

std::string Request::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && starts_with_no_case(key, name)) return value;
  }
  return "";
}

std::optional<std::string> Request::parameter(const std::string& name) const {
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string pair = query.substr(at, end - at);
    const std::size_t equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals)) == name) {
      return equals == std::string::npos ? "" : percent_decode(pair.substr(equals + 1));
    }
    at = end + 1;
  }
  return std::nullopt;
}

Response problem(int status, const std::string& title, const std::string& detail) {
  return {
      status,
      "{\"title\":" + quoted(title) + ",\"detail\":" + quoted(detail) + ",\"status\":" + std::to_string(status) + "}",
      "application/problem+json"};
}

Response not_found() {
  return problem(404, "Not found", "The requested resource could not be found.");
}

}  // namespace sandbox
