// The key: found in Authorization headers to the base, and nowhere else. Not in any file that a run leaves, not in what
// it prints, not in any byte that any listener receives, whatever a server sends back.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "support/raw_server.h"
#include "world.h"

namespace wire {
namespace {

using nlohmann::json;
using pixgraph::test::RawConnection;
using pixgraph::test::RawServer;
namespace fs = std::filesystem;

/// With characters that URLs and JSON write in other ways.
constexpr const char* kKey = "r8_Never/To+Be=Seen0In1Any2File3At4All";
constexpr const char* kGatewayKey = "gk-Neither/This+One5Of6The7Gateway";
constexpr const char* kGatewayWord = "cf-Nor8This9Word0Behind1Bearer";
constexpr const char* kId = "ctdwaehfz1rm80cmd5nsjd8114";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

/// A secret, as it may be written down; also its first half, which is what a text that was cut leaves of it.
std::vector<std::string> forms(const std::string& secret) {
  const std::string percent = replaced(replaced(replaced(secret, "/", "%2F"), "+", "%2B"), "=", "%3D");
  return {secret, percent, replaced(secret, "/", "\\/"), secret.substr(0, secret.size() / 2)};
}

std::vector<std::string> all_forms() {
  std::vector<std::string> all;
  for (const char* secret : {kKey, kGatewayKey, kGatewayWord})
    for (std::string& form : forms(secret)) all.push_back(std::move(form));
  return all;
}

/// Every file below the world's folder that has a secret, with the text around it.
std::string leaks(const World& world) {
  std::string found;
  for (const auto& entry : fs::recursive_directory_iterator(world.folder())) {
    const std::string path = entry.path().string();
    const std::string text = entry.is_regular_file() ? cases::read_file(path) : std::string();
    for (const std::string& form : all_forms()) {
      const std::size_t at = text.find(form);
      if (path.find(form) != std::string::npos) found += path + "\n";
      if (at != std::string::npos)
        found += path.substr(world.folder().size()) + ": " + text.substr(at < 80 ? 0 : at - 80, 160) + "\n";
    }
  }
  return found;
}

/// What is left of a request without the headers in which the secrets belong.
std::string without_its_headers(const std::string& request) {
  std::string rest = request;
  for (const std::string& header :
       {std::string("Authorization: Bearer ") + kKey + "\r\n", std::string("X-Gateway-Key: ") + kGatewayKey + "\r\n",
        std::string("X-Second: Bearer ") + kGatewayWord + "\r\n"})
    rest = replaced(rest, header, "");
  return rest;
}

void expect_secrets_only_in_their_headers(const std::vector<std::string>& requests) {
  for (const std::string& request : requests) {
    EXPECT_NE(request.find(std::string("\r\nAuthorization: Bearer ") + kKey + "\r\n"), std::string::npos) << request;
    const std::string rest = without_its_headers(request);
    for (const std::string& form : all_forms()) EXPECT_EQ(rest.find(form), std::string::npos) << request;
  }
}

void expect_nowhere(const std::vector<std::string>& requests) {
  for (const std::string& request : requests) {
    EXPECT_EQ(request.find("Authorization"), std::string::npos) << request;
    for (const std::string& form : all_forms()) EXPECT_EQ(request.find(form), std::string::npos) << request;
  }
}

void give_secrets(World& world) {
  world.environment()["REPLICATE_API_TOKEN"] = kKey;
  world.environment()["REPLICATE_EXTRA_HEADERS"] =
      std::string("X-Gateway-Key: ") + kGatewayKey + "; X-Second: Bearer " + kGatewayWord;
}

constexpr const char* kTiny = R"(pixgraph: 1
inputs: {photo: {type: file}}
nodes:
  made: {type: ReplicatePredict, model: maker/model, input: {text: "${photo.stem}"}}
outputs: {result: {value: "${made.file}", file: "${photo.stem}.png"}}
)";

/// The real wire: a gateway that records every byte and hands it on to the sandbox.
TEST(Key, OfAWholePipelineStaysInItsHeader) {
  World world({"--fault", "gateway-urls", "--fault", "redirect", "--fault", "429:x1", "--fault", "failed:x1", "--fault",
               "truncated-body:x1"});
  give_secrets(world);
  RawServer gateway([&](RawConnection& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(world.base().substr(world.base().rfind(':') + 1))));
      std::string answer;
      request.insert(request.find("\r\n\r\n"), "\r\nConnection: close");
      if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        for (std::size_t sent = 0; sent < request.size();) {
          const long some = ::send(fd, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
          if (some <= 0) break;
          sent += static_cast<std::size_t>(some);
        }
        char some[65536];
        for (long got; (got = ::recv(fd, some, sizeof some, 0)) > 0;)
          answer.append(some, static_cast<std::size_t>(got));
      }
      ::close(fd);
      peer.send(answer);
      return;
    }
  });
  world.environment()["REPLICATE_BASE_URL"] = gateway.url("/v1");
  world.write("pipeline.yaml", R"(pixgraph: 1
inputs: {photo: {type: file}}
nodes:
  drawn: {type: ReplicatePredict, model: sandbox/instant, input: {text: "${photo.stem}"}}
  got: {type: Fetch, url: "${drawn.output}"}
  small: {type: Resize, image: "${got}", width: 24}
  cut:
    type: ReplicatePredict
    version: cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003
    input: {image: "${small}"}
outputs: {result: {value: "${cut.file}", file: "${photo.stem}.png"}}
)");
  world.write("a.txt", "a");
  world.write("b.txt", "b");
  const cases::Ended first = world.run({"a.txt", "b.txt"}, {"--events", "events.ndjson"});
  EXPECT_EQ(first.code, 1) << first.err;
  const cases::Ended second = world.run({"a.txt", "b.txt"}, {"--only", "failed"});
  EXPECT_EQ(second.code, 0) << second.err;
  world.pixgraph({"ledger", "list", "--state", "state"});
  EXPECT_EQ(world.outputs(), (std::vector<std::string>{"a.png", "b.png"}));
  EXPECT_EQ(leaks(world), "");
  int uploads = 0, elsewhere = 0;
  for (const std::string& request : gateway.requests()) uploads += request.starts_with("POST /v1/files ");
  EXPECT_GE(uploads, 2);
  expect_secrets_only_in_their_headers(gateway.requests());
  for (const json& request : world.requests()) {
    if (request["listener"] == "api") continue;
    ++elsewhere;
    expect_nowhere({request["line"].get<std::string>() + "\n" + request["headers"].get<std::string>()});
  }
  EXPECT_GE(elsewhere, 6);  // three pictures, each redirected
}

/// Two listeners: a base that sends back what it was given, and another origin that it would like the key to go to.
struct Hostile {
  /// Gives body, headers and status for a request; `say` knows the secrets as the server does.
  struct Answer {
    std::string body, headers = "", status = "200 OK";
  };
  using Script = std::function<Answer(const std::string& request, const std::string& other)>;

  explicit Hostile(Script script)
      : other([](RawConnection& peer) {
          while (!peer.read_request().empty()) peer.answer("no picture\n", "Content-Type: text/plain\r\n");
        }),
        base([this, script = std::move(script)](RawConnection& peer) {
          for (std::string request; !(request = peer.read_request()).empty();) {
            const Answer answer = script(request, other.url());
            peer.answer(answer.body, answer.headers, answer.status);
          }
        }) {
    give_secrets(world);
    world.environment()["REPLICATE_BASE_URL"] = base.url("/v1");
    world.write("pipeline.yaml", kTiny);
    world.write("a.txt", "a");
  }
  ~Hostile() {
    const cases::Ended again = world.run({"a.txt"}, {"--events", "again.ndjson"});
    world.pixgraph({"ledger", "list", "--state", "state"});
    world.pixgraph({"ledger", "list", "--json", "--state", "state"});
    EXPECT_EQ(leaks(world), "") << again.err;
    EXPECT_FALSE(base.requests().empty());
    expect_secrets_only_in_their_headers(base.requests());
    expect_nowhere(other.requests());
  }
  cases::Ended run() { return world.run({"a.txt"}, {"--events", "events.ndjson"}); }

  World world{{}};
  RawServer other, base;
};

std::string secrets() {
  return std::string(kKey) + " and " + kGatewayKey + " and " + kGatewayWord;
}

std::string prediction(const std::string& status, const json& more) {
  json answer = {
      {"id", kId}, {"model", "maker/model"}, {"version", "1"}, {"status", status}, {"input", json::object()}};
  answer.update(more);
  return answer.dump();
}

bool asks(const std::string& request, const std::string& line) {
  return request.starts_with(line);
}

TEST(Key, IsNotRepeatedFromARefusal) {
  Hostile hostile([](const std::string&, const std::string&) {
    return Hostile::Answer{json{{"title", "Unauthenticated"}, {"detail", "no such token: " + secrets()}}.dump(), "",
                           "401 Unauthorized"};
  });
  const cases::Ended ended = hostile.run();
  EXPECT_EQ(ended.code, 3);
  EXPECT_NE(ended.err.find("no such token: [secret] and [secret] and [secret]"), std::string::npos) << ended.err;
}

TEST(Key, IsNotRepeatedFromAPage) {
  Hostile hostile([](const std::string& request, const std::string&) {
    if (asks(request, "GET /v1/predictions?")) return Hostile::Answer{"{}", "", "404 Not Found"};
    return Hostile::Answer{"<html><title>" + std::string(280, 'x') + " " + kKey + "</title>" + secrets() + "</html>",
                           "", "500 Internal Server Error"};
  });
  const cases::Ended ended = hostile.run();
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(hostile.world.ledger(), "maybe-paid 1");
}

TEST(Key, IsNotRepeatedFromAFailedPrediction) {
  for (const json& error : {json("bad luck with " + secrets()), json(std::string(285, 'x') + " " + kKey),
                            json{{"code", 7}, {"message", secrets()}}}) {
    Hostile hostile([&](const std::string& request, const std::string&) {
      const bool create = asks(request, "POST /v1/models/maker/model/predictions ");
      const json words = {{"error", error}, {"logs", "Using seed: 7\n" + secrets() + "\nthe end\n"}};
      return create ? Hostile::Answer{prediction("starting", {{"logs", secrets()}}), "", "201 Created"}
                    : Hostile::Answer{prediction("failed", words)};
    });
    EXPECT_EQ(hostile.run().code, 1);
    EXPECT_EQ(hostile.world.ledger(), "failed 1");
  }
}

TEST(Key, IsNotHandedOnInAnOutputsLink) {
  Hostile hostile([&](const std::string& request, const std::string& other) {
    const bool create = asks(request, "POST /v1/models/maker/model/predictions ");
    const json words = {{"output", other + "file.txt?key=" + kKey}, {"logs", secrets()}, {"error", nullptr}};
    return create ? Hostile::Answer{prediction("starting", json::object()), "", "201 Created"}
                  : Hostile::Answer{prediction("succeeded", words)};
  });
  hostile.run();
  EXPECT_FALSE(hostile.other.requests().empty());
}

TEST(Key, DoesNotFollowARedirect) {
  for (const char* status :
       {"301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"}) {
    Hostile hostile([&](const std::string& request, const std::string& other) {
      const std::string target = request.substr(request.find('/'), request.find(" HTTP/") - request.find('/'));
      if (asks(request, "GET /v1/predictions?")) return Hostile::Answer{"{}", "", "404 Not Found"};
      return Hostile::Answer{"", "Location: " + other.substr(0, other.size() - 1) + target + "?" + kKey + "\r\n",
                             status};
    });
    EXPECT_NE(hostile.run().code, 0);
    EXPECT_EQ(hostile.other.connections(), 0);
  }
}

TEST(Key, IsNotRepeatedFromARefusedUpload) {
  Hostile hostile([&](const std::string&, const std::string&) {
    return Hostile::Answer{json{{"detail", json::array({{{"loc", {"body", kKey}}, {"msg", secrets()}}})}}.dump(), "",
                           "400 Bad Request"};
  });
  hostile.world.write("pipeline.yaml", R"(pixgraph: 1
inputs: {photo: {type: file}}
nodes:
  made: {type: ReplicatePredict, model: maker/model, input: {text: "${photo}"}}
outputs: {result: {value: "${made.file}", file: "${photo.stem}.png"}}
)");
  EXPECT_EQ(hostile.run().code, 1);
}

}  // namespace
}  // namespace wire
