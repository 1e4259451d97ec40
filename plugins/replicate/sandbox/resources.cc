#include "resources.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

#include <istream>

#include "text.h"

namespace sandbox {

namespace {

constexpr std::size_t kMaxFetched = 110'000'000;

std::string fetch_over_http(const std::string& url) {
  try {
    const Poco::URI uri(url);
    const std::string host = uri.getHost();
    if (uri.getScheme() != "http" || !(host == "localhost" || host.starts_with("127."))) {
      throw ModelFailure("the sandbox fetches from this machine only, not " + url.substr(0, 200));
    }
    Poco::Net::HTTPClientSession session(host, uri.getPort());
    session.setTimeout(Poco::Timespan(10, 0));
    Poco::Net::HTTPRequest request("GET", uri.getPathAndQuery().empty() ? "/" : uri.getPathAndQuery(), "HTTP/1.1");
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::istream& in = session.receiveResponse(response);
    if (response.getStatus() != 200) {
      throw ModelFailure("HTTP Error " + std::to_string(response.getStatus()) + " for " + url.substr(0, 200));
    }
    std::string bytes;
    std::string piece(65536, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
      bytes.append(piece, 0, static_cast<std::size_t>(in.gcount()));
      if (bytes.size() > kMaxFetched) throw ModelFailure("input file is larger than 100 MB: " + url.substr(0, 200));
    }
    return bytes;
  } catch (const Poco::Exception& error) {
    throw ModelFailure("could not fetch " + url.substr(0, 200) + ": " + error.displayText());
  }
}

}  // namespace

std::string WorldResources::fetch(const std::string& url) {
  if (const auto kept = kept_.find(url); kept != kept_.end()) return kept->second->read();
  if (starts_with_no_case(url, "data:")) {
    auto bytes = decode_data_uri(url);
    if (!bytes) throw ModelFailure("not a data: URI: " + url.substr(0, 60));
    return *bytes;
  }
  const double now = world_.clock.now();
  for (const std::string& origin : {world_.delivery, world_.redirected}) {
    if (origin.empty() || !url.starts_with(origin + "/")) continue;
    const auto entry = world_.deliveries.find(url.substr(origin.size()), now);
    if (!entry) throw ModelFailure("HTTP Error 404: Not Found for " + url);
    return entry->bytes->read();
  }
  const std::string files = world_.answer.base + "/files/";
  if (url.starts_with(files)) {
    const std::string rest = url.substr(files.size());
    const auto file = world_.uploads.find(rest.substr(0, rest.find_first_of("/?")), now);
    if (!file) throw ModelFailure("HTTP Error 404: Not Found for " + url);
    return file->bytes->read();
  }
  return fetch_over_http(url);
}

}  // namespace sandbox
