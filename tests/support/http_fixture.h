// HttpTest: a client without proxies, and the scripts that most tests of it need.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "http.h"
#include "raw_server.h"

namespace pixgraph::test {

using namespace std::chrono_literals;
using Sent = HttpError::Sent;

inline HttpOptions plain_options() {
  HttpOptions options;
  options.proxies = {};
  return options;
}

/// What a call failed with; fails the test where it did not.
template <class Work>
HttpError error_of(Work work) {
  try {
    work();
  } catch (const HttpError& error) {
    return error;
  }
  ADD_FAILURE() << "no HttpError was thrown";
  return HttpError("none", "none", Sent::no);
}

class HttpTest : public testing::Test {
 protected:
  HttpResponse get(const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.deadline = 5s;
    return client.send(request);
  }
  HttpError failed_get(const std::string& url) {
    return error_of([&] { get(url); });
  }
  static HttpRequest post(const std::string& url, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.body = std::move(body);
    request.deadline = 5s;
    return request;
  }
  HttpClient client{plain_options()};
};

/// Sends `bytes` to whoever asks, then closes.
inline RawServer::Script once(std::string bytes) {
  return [bytes](RawConnection& peer) {
    peer.read_request();
    peer.send(bytes);
  };
}

/// Answers every request of every connection with `body`.
inline RawServer::Script always(std::string body, std::string headers = "", std::string status = "200 OK") {
  return [=](RawConnection& peer) {
    while (!peer.read_request().empty()) peer.answer(body, headers, status);
  };
}

}  // namespace pixgraph::test
