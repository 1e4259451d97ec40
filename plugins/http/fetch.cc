// Fetch - brings files in from the network: one URL or a list of them.
//
// What pixgraph itself saved from a URL is taken from the store, because a model's links live for one hour only. A GET
// changes nothing on the server, so it is tried again where a connection broke or the server was busy.
#include "fetch.h"

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace pixgraph::http {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kRetries = 3;
constexpr milliseconds kFirstWait{500};
constexpr milliseconds kLongestWait{60'000};
constexpr int kMaxRedirects = 10;
constexpr std::uint64_t kMaxBytes = 10ull << 30;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool starts_with_word(std::string_view text, std::string_view lower_case_word) {
  return text.size() >= lower_case_word.size() &&
         std::equal(lower_case_word.begin(), lower_case_word.end(), text.begin(),
                    [](char word, char c) { return word == (c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c); });
}

bool is_data(std::string_view url) {
  return starts_with_word(url, "data:");
}

[[noreturn]] void no_url(const std::string& what) {
  throw Error("E208", "Fetch needs a URL, and got " + what, "a URL starts with https://, http:// or data:");
}

std::string_view checked(std::string_view text) {
  const std::string_view url = trimmed(text);
  if (url.empty()) no_url("an empty text");
  if (!is_data(url) && !starts_with_word(url, "https://") && !starts_with_word(url, "http://"))
    no_url("`" + shown_url(url) + "`");
  return url;
}

std::string status_words(int status) {
  static constexpr std::pair<int, const char*> kWords[] = {{300, "Multiple Choices"},
                                                           {301, "Moved Permanently"},
                                                           {302, "Found"},
                                                           {303, "See Other"},
                                                           {304, "Not Modified"},
                                                           {307, "Temporary Redirect"},
                                                           {308, "Permanent Redirect"},
                                                           {400, "Bad Request"},
                                                           {401, "Unauthorized"},
                                                           {402, "Payment Required"},
                                                           {403, "Forbidden"},
                                                           {404, "Not Found"},
                                                           {405, "Method Not Allowed"},
                                                           {406, "Not Acceptable"},
                                                           {408, "Request Timeout"},
                                                           {409, "Conflict"},
                                                           {410, "Gone"},
                                                           {413, "Content Too Large"},
                                                           {414, "URI Too Long"},
                                                           {416, "Range Not Satisfiable"},
                                                           {418, "I'm a Teapot"},
                                                           {422, "Unprocessable Content"},
                                                           {425, "Too Early"},
                                                           {429, "Too Many Requests"},
                                                           {451, "Unavailable For Legal Reasons"},
                                                           {500, "Internal Server Error"},
                                                           {501, "Not Implemented"},
                                                           {502, "Bad Gateway"},
                                                           {503, "Service Unavailable"},
                                                           {504, "Gateway Timeout"},
                                                           {507, "Insufficient Storage"}};
  for (const auto& [code, words] : kWords)
    if (code == status) return std::to_string(status) + " " + words;
  return std::to_string(status);
}

Error status_error(std::string_view url, int status) {
  std::string hint;
  if (status == 401 || status == 403 || status == 404 || status == 410)
    hint = "links to a model's output live for one hour";
  return Error("E210", shown_url(url) + " answered " + status_words(status), hint);
}

bool worth_another(int status) {
  return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

/// No host, no connection, a broken one, an answer that is not HTTP: these pass. A certificate, a size, a refused
/// address or a deadline do not.
bool worth_another(const HttpError& error) {
  for (const char* code : {"E201", "E202", "E204", "E212"})
    if (error.code() == code) return true;
  return false;
}

/// What Retry-After asks for, in seconds or as a date; zero where it does not.
milliseconds asked_wait(std::string_view header) {
  const std::string text(trimmed(header));
  if (text.empty()) return {};
  if (text.find_first_not_of("0123456789") == std::string::npos)
    return milliseconds(1000) * std::min(std::strtol(text.c_str(), nullptr, 10), 86400L);
  tm parts{};
  if (!::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S", &parts)) return {};
  return milliseconds(1000) * std::clamp<time_t>(::timegm(&parts) - ::time(nullptr), 0, 86400);
}

FilePtr fetch_one(Call& call, const std::string& url, const Sleep& sleep) {
  if (!is_data(url))
    if (FilePtr file = call.host().saved(url)) return file;
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(call.integer("deadline"));
  HttpRequest request;
  request.url = url;
  request.max_bytes = kMaxBytes;
  request.max_redirects = kMaxRedirects;
  request.reach = call.reach("url");
  milliseconds own_wait = kFirstWait;
  for (int retries = 0;; ++retries, own_wait *= 2) {
    request.deadline = std::max(milliseconds(1), std::chrono::ceil<milliseconds>(deadline - Clock::now()));
    milliseconds wait = own_wait;
    // Sleeps only where there is an attempt left and time for it.
    const auto another = [&] { return retries < kRetries && Clock::now() + wait < deadline; };
    try {
      Http::Download got = call.host().http().download(request);
      if (got.file) return got.file;
      wait = std::max(wait, asked_wait(got.response.header("Retry-After")));
      if (!worth_another(got.response.status) || wait > kLongestWait || !another())
        throw status_error(url, got.response.status);
    } catch (const HttpError& error) {
      if (!worth_another(error) || !another()) throw;
    }
    sleep(wait);
  }
}

}  // namespace

void fetch(Call& call, const Sleep& sleep) {
  std::vector<std::string> urls;
  const Value& given = call.value("url");
  if (const std::string* single = given.text()) {
    urls.emplace_back(checked(*single));
  } else {
    for (const Value& one : call.list("url")) urls.emplace_back(checked(one.text() ? *one.text() : std::string()));
  }
  if (urls.empty()) no_url("an empty list");
  List files;
  for (const std::string& url : urls) files.emplace_back(fetch_one(call, url, sleep));
  call.set("file", files.front());
  call.set("files", std::move(files));
}

static void run(Call& call) {
  fetch(call, [&call](milliseconds time) {
    for (const Clock::time_point end = Clock::now() + time; Clock::now() < end;) {
      if (call.canceled()) throw Error("E901", "Fetch was stopped");
      std::this_thread::sleep_for(std::min<Clock::duration>(milliseconds(50), end - Clock::now()));
    }
  });
}

void add_fetch(Registrar& registrar) {
  registrar.add(Spec("Fetch", "Brings a file in from a URL, or one from each of a list")
                    .in("url", list_of(Type::text), "one URL or a list: https, http or data")
                    .out("file", Type::file, "the file, or the first of the list")
                    .out("files", list_of(Type::file), "all of them, in the order of the URLs")
                    .param("deadline", 300, {1, 86400}, "s", "how long one file may take, with up to 3 retries")
                    .not_in_key({"deadline"})
                    .runs_in(Pool::net, Cost::remote)
                    .example("subject: {type: Fetch, url: \"${cutout.output}\"}"),
                run);
}

}  // namespace pixgraph::http
