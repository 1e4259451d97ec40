#include "http.h"

#include <csignal>

#include <algorithm>
#include <charconv>
#include <ctime>

#include <fmt/format.h>

#include "data_uri.h"
#include "http_download.h"
#include "http_errors.h"
#include "http_exchange.h"
#include "http_pool.h"
#include "http_tls.h"

namespace pixgraph {

namespace {

using std::chrono::milliseconds;
using Sent = HttpError::Sent;

/// Of a body that is read for its words only: an error's, a redirect's.
constexpr std::uint64_t kLittleBody = 64 * 1024;

/// What the messages of one hop need.
struct Situation {
  const HttpRequest& request;
  std::string url;  // as it may be shown
  Sent sent = Sent::no;
  std::uint64_t written = 0, total = 0;  // bytes of the request
};

std::string bytes(std::uint64_t count) {
  if (count >= 1 << 20 && count % (1 << 20) == 0) return fmt::format("{} MB", count >> 20);
  return fmt::format("{} bytes", count);
}

/// Turns what the lower half throws into HttpError. Call it in a catch block.
[[noreturn]] void throw_http_error(const Situation& at) {
  try {
    throw;
  } catch (const DeadlinePassed&) {
    throw HttpError("E206",
                    fmt::format("no whole answer from {} within {:g} s", at.url,
                                static_cast<double>(at.request.deadline.count()) / 1000),
                    at.sent);
  } catch (const ConnectionLost& lost) {
    if (at.written < at.total)
      throw HttpError("E204",
                      fmt::format("the connection to {} broke after {} of {} bytes of the request: {}", at.url,
                                  at.written, at.total, lost.why),
                      at.sent);
    throw HttpError("E204", fmt::format("no whole answer from {}: {}", at.url, lost.why), at.sent);
  } catch (const BodyTruncated& body) {
    if (body.expected > 0)
      throw HttpError(
          "E204", fmt::format("the answer from {} ended after {} of {} bytes", at.url, body.received, body.expected),
          at.sent);
    throw HttpError(
        "E204", fmt::format("the answer from {} ended after {} bytes, before its last chunk", at.url, body.received),
        at.sent);
  } catch (const BodyTooLarge&) {
    throw HttpError("E205", fmt::format("the answer from {} is larger than {}", at.url, bytes(at.request.max_bytes)),
                    at.sent);
  } catch (const MalformedAnswer& answer) {
    throw HttpError("E212", fmt::format("the answer from {} is not HTTP: {}", at.url, answer.why), at.sent);
  }
}

/// OpenSSL writes to a socket without MSG_NOSIGNAL: a server that hangs up must not end the program.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    if (sigismember(&before_, SIGPIPE)) return;
    const timespec now{};
    while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t pipe_{}, before_{};
};

/// How long the server will keep the connection: "Keep-Alive: timeout=5", less a margin for the way.
milliseconds keeps_for(const AnswerHead& head) {
  const std::string_view header = head.header("Keep-Alive");
  const std::size_t at = header.find("timeout=");
  int announced_s = 0;
  if (at == std::string_view::npos) return HttpPool::kMaxIdle;
  const std::string_view number = header.substr(at + 8);
  if (std::from_chars(number.data(), number.data() + number.size(), announced_s).ec != std::errc())
    return HttpPool::kMaxIdle;
  return std::clamp(milliseconds(1000) * std::min(announced_s, 3600) - milliseconds(500), milliseconds(0),
                    HttpPool::kMaxIdle);
}

bool follows(const HttpRequest& request, const AnswerHead& head) {
  if (request.max_redirects <= 0 || (request.method != "GET" && request.method != "HEAD")) return false;
  for (const int status : {301, 302, 303, 307, 308})
    if (head.status == status) return !head.header("Location").empty();
  return false;
}

}  // namespace

/// The head of an answer, and the connection that its body is to be read from.
struct HttpClient::Answer {
  std::unique_ptr<HttpConnection> connection;
  AnswerHead head;
  std::string pool_key;
  Url url;
  Situation situation;
  Clock::time_point deadline;
  AddressKind peer = AddressKind::global;

  BodyReader body(std::uint64_t max_bytes) {
    return BodyReader(*connection, head, situation.request.method == "HEAD", max_bytes);
  }
  /// Gives the connection back where the next request may use it.
  void finish(const BodyReader& reader, HttpPool& pool) {
    connection->remember_session();
    if (!reader.framed_to_the_end() || situation.written < situation.total || !head.keeps_connection() ||
        !connection->buffered().empty())
      return;
    if (const milliseconds keep = keeps_for(head); keep.count() > 0) pool.give(pool_key, std::move(connection), keep);
  }
  HttpResponse response() {
    HttpResponse out;
    out.status = head.status;
    out.headers = std::move(head.headers);
    out.final_url = url.text();
    return out;
  }
};

HttpClient::HttpClient(HttpOptions options)
    : options_(std::move(options)),
      tls_(std::make_unique<TlsClient>(options_.ca_file)),
      pool_(std::make_unique<HttpPool>()) {}

HttpClient::~HttpClient() = default;

HttpClient::Answer HttpClient::exchange(const HttpRequest& request, const Url& url, const std::string& first,
                                        Reach reach, Clock::time_point deadline) {
  const std::optional<Url> proxy = proxy_for(url, options_.proxies);
  // http through a proxy is one connection for all hosts; a tunnel belongs to its host.
  std::string key = url.origin();
  if (proxy) key = url.https ? key + " by " + proxy->origin() : "by " + proxy->origin();
  const std::string head = request_head(request, url, first, proxy, options_);
  Answer answer{nullptr, {}, std::move(key), url, {request, shown_url(url.text())}, deadline};
  Situation& at = answer.situation;
  at.total = head.size() + request.body.size();

  bool pooled = true;
  for (;;) {
    at.written = 0;
    at.sent = Sent::no;
    try {
      if (proxy) check_reach_behind_proxy(url, reach, options_.resolver, deadline);
      if (pooled)
        answer.connection =
            pool_->take(answer.pool_key, request.fresh_connection ? milliseconds(2'000) : HttpPool::kMaxIdle,
                        proxy ? std::nullopt : std::optional(reach));
      pooled = answer.connection != nullptr;
      if (!pooled) answer.connection = connect(url, proxy, request, reach, options_, *tls_, deadline);
      answer.head = talk(*answer.connection, head, request.body, deadline, at.written);
      at.sent = at.written == at.total ? Sent::maybe : Sent::no;
      answer.peer = answer.connection->peer_kind();
      if (proxy)
        answer.peer = is_address(url.host) ? address_kind(url.host) : AddressKind::global;  // it resolves names
      return answer;
    } catch (const ConnectionLost&) {
      at.sent = at.written == at.total ? Sent::maybe : Sent::no;
      // A kept connection may end at any moment, and with it a request that nobody read. Sending anew is safe where the
      // method changes nothing, or where not all of it went out; and only before the first byte of an answer.
      const bool harmless = request.method == "GET" || request.method == "HEAD" || at.sent == Sent::no;
      if (pooled && harmless && answer.connection && !answer.connection->ever_received()) {
        pooled = false;
        answer.connection.reset();
        continue;
      }
      throw_http_error(at);
    } catch (const Error&) {
      throw;
    } catch (...) {
      at.sent = at.total > 0 && at.written == at.total ? Sent::maybe : Sent::no;
      throw_http_error(at);
    }
  }
}

HttpClient::Answer HttpClient::ask(const HttpRequest& request) {
  Url url = Url::parse(request.url);
  const std::string first = url.origin();
  const Clock::time_point deadline = Clock::now() + request.deadline;
  Reach reach = request.reach;
  for (int hops = 0;; ++hops) {
    Answer answer = exchange(request, url, first, reach, deadline);
    if (!follows(request, answer.head)) return answer;
    if (hops == request.max_redirects)
      throw HttpError("E211",
                      fmt::format("{} leads to more than {} redirects", shown_url(request.url), request.max_redirects),
                      Sent::maybe);
    const Url next = url.resolve(answer.head.header("Location"));
    if (url.https && !next.https)
      throw HttpError(
          "E207", fmt::format("{} leads to {}, which is not encrypted", shown_url(url.text()), shown_url(next.text())),
          Sent::maybe, "ask for the last URL itself where that is wanted");
    try {  // the few bytes of a redirect's body are read so that the connection can serve the next hop
      BodyReader body = answer.body(kLittleBody);
      while (!body.next(deadline).empty()) {
      }
      answer.finish(body, *pool_);
    } catch (const DeadlinePassed&) {
      throw_http_error(answer.situation);
    } catch (...) {  // only the connection is lost
    }
    if (answer.peer == AddressKind::global) reach = Reach::public_only;
    url = next;
  }
}

/// Where the link ends whose "://" is at `at`, so far as it can be no more than an address: its query may hold a key,
/// and so may what stands before an @.
static std::size_t link_end(std::string_view text, std::size_t at) {
  const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'<>\\?#@", at + 3), text.size());
  return end < text.size() && text[end] == '@' ? at : end;
}

/// Without secrets, but with every link as it came: a token that is a common word may stand in one.
static std::string clean_words(const Redactor& secrets, std::string_view text) {
  std::string clean;
  std::size_t from = 0;
  for (std::size_t at = text.find("://"); at != text.npos; at = text.find("://", at + 3)) {
    const bool web = text.substr(0, at).ends_with("http") || text.substr(0, at).ends_with("https");
    const std::size_t end = web ? link_end(text, at) : at;
    if (end == at) continue;
    clean += secrets.clean(std::string(text.substr(from, at - from)));
    clean += text.substr(at, end - at);
    from = end;
    at = end - 3;  // not within the link
  }
  return clean + secrets.clean(std::string(text.substr(from)));
}

HttpResponse HttpClient::send(const HttpRequest& request) {
  const NoSigpipe guard;
  Answer answer = ask(request);
  std::string text;
  try {
    BodyReader body = answer.body(request.max_bytes);
    text.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(body.length().value_or(0), 8 << 20)));
    for (std::string_view part; !(part = body.next(answer.deadline)).empty();) text += part;
    answer.finish(body, *pool_);
  } catch (...) {
    throw_http_error(answer.situation);
  }
  HttpResponse response = answer.response();
  response.body = std::move(text);
  if (const std::size_t blank = request.authorization.find(' '); blank != std::string::npos) {
    secrets_.add(std::string_view(request.authorization).substr(blank + 1));
    response.body = clean_words(secrets_, response.body);
    for (auto& [name, value] : response.headers) value = secrets_.clean(std::move(value));
  }
  return response;
}

Http::Download HttpClient::download(const HttpRequest& request) {
  if (scheme_of(request.url) == "data") {
    const DataUri data = decode_data_uri(request.url);
    Download out;
    DownloadFile file(*options_.downloads);
    file.write({reinterpret_cast<const char*>(data.bytes.data()), data.bytes.size()});
    out.response.status = 200;
    out.response.final_url = "data:" + data.media_type;
    out.file = file.commit({}, {}, {}, data.media_type);
    return out;
  }
  const NoSigpipe guard;
  Answer answer = ask(request);
  Download out;
  std::string text;  // of an answer that is no success
  try {
    if (answer.head.status / 100 != 2) {
      BodyReader body = answer.body(UINT64_MAX);
      for (std::string_view part; text.size() < kLittleBody && !(part = body.next(answer.deadline)).empty();)
        text += part;
      text.resize(std::min<std::size_t>(text.size(), kLittleBody));
      answer.finish(body, *pool_);
    } else {
      BodyReader body = answer.body(request.max_bytes);
      DownloadFile file(*options_.downloads);
      if (body.length().value_or(UINT64_MAX) > HttpConnection::kSmallBuffer) answer.connection->read_large();
      for (std::string_view part; !(part = body.next(answer.deadline)).empty();) file.write(part);
      out.file = file.commit(answer.head.header("Content-Disposition"), request.url, answer.url.text(),
                             answer.head.header("Content-Type"));
      answer.finish(body, *pool_);
    }
  } catch (const Error&) {
    throw;
  } catch (...) {
    throw_http_error(answer.situation);
  }
  out.response = answer.response();
  out.response.body = std::move(text);
  return out;
}

}  // namespace pixgraph
