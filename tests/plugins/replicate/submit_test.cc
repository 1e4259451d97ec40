#include "submit.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using nlohmann::json;
using test::ScriptedHost;
using test::shown;
using Kind = Submitted::Kind;

const std::string kHex(64, 'a');

struct SubmitTest : ::testing::Test {
  SubmitTest() {
    host.variables = {{"REPLICATE_API_TOKEN", "hk-secret"},
                      {"REPLICATE_BASE_URL", "https://gateway.example/replicate/v1"}};
    request.server = "https://gateway.example/replicate/v1";
    request.lane = kHex;
    request.model = "cjwbw/rembg";
    request.version = "cjwbw/rembg:" + kHex;
    request.endpoint = "/predictions";
    request.input = std::make_shared<const json>(json::parse(R"({"prompt": "x", "seed": 0})"));
  }
  Submitted submit() { return submit_request(request, read_server(host), host); }
  Submitted after(int status, const std::string& body, test::ScriptedHttp::Headers headers = {}) {
    host.http().answer(status, body, std::move(headers));
    return submit();
  }
  std::string error_after(int status, const std::string& body) { return shown(*after(status, body).error); }

  ScriptedHost host;
  Request request;
};

TEST_F(SubmitTest, OnlyDocumentedKeysAndHeaders) {
  after(201, R"({"id": "p1", "status": "starting"})");
  const HttpRequest& sent = host.http().last();
  EXPECT_EQ(sent.method + " " + sent.url, "POST https://gateway.example/replicate/v1/predictions");
  EXPECT_EQ(sent.body, R"({"input":{"prompt":"x","seed":0},"version":"cjwbw/rembg:)" + kHex + "\"}");
  EXPECT_EQ(sent.authorization, "Bearer hk-secret");
  EXPECT_EQ(sent.secret_origin, "https://gateway.example");
  EXPECT_EQ(sent.body.find("hk-secret"), std::string::npos);
  EXPECT_TRUE(sent.fresh_connection);
  EXPECT_EQ(sent.max_redirects, 0);
  EXPECT_EQ(test::header_of(sent, "Content-Type"), "application/json");
  EXPECT_EQ(test::header_of(sent, "Prefer"), "");
  EXPECT_EQ(test::header_of(sent, "Cancel-After"), "");
}

TEST_F(SubmitTest, TheOfficialServerIsToldHowLongItMayLive) {
  request.lifetime = std::chrono::milliseconds(90'500);
  after(201, R"({"id": "p1", "status": "starting"})");
  EXPECT_EQ(test::header_of(host.http().last(), "Cancel-After"), "") << "no gateway documents it";
  host.variables.erase("REPLICATE_BASE_URL");
  request.server = "https://api.replicate.com/v1";
  after(201, R"({"id": "p1", "status": "starting"})");
  EXPECT_EQ(test::header_of(host.http().last(), "Cancel-After"), "91s");
  request.lifetime = std::chrono::milliseconds(4'999);
  after(201, R"({"id": "p1", "status": "starting"})");
  EXPECT_EQ(test::header_of(host.http().last(), "Cancel-After"), "") << "the server refuses less than 5 s";
}

TEST_F(SubmitTest, PathFormsSayNoVersion) {
  request.version = "";
  request.endpoint = "/models/black-forest-labs/flux-schnell/predictions";
  after(200, R"({"id": "p1", "status": "starting"})");
  EXPECT_EQ(host.http().last().url,
            "https://gateway.example/replicate/v1/models/black-forest-labs/flux-schnell/predictions");
  EXPECT_EQ(host.http().last().body, R"({"input":{"prompt":"x","seed":0}})");
}

TEST_F(SubmitTest, EveryTwoHundredWithAnIdIsCreated) {
  for (int status : {200, 201, 202}) {
    const Submitted result =
        after(status, R"({"id": "qpt5jq1fssrmc0cmd5hvy31mdg", "version": "dp-4d0bcc010b3049749a251855f12800be",
        "model": "replicate-internal/x", "status": "starting", "output": null, "logs": "", "error": null, "urls": {"get": "https://api.replicate.com/v1/x"}})");
    EXPECT_EQ(result.kind, Kind::created);
    EXPECT_EQ(result.id, "qpt5jq1fssrmc0cmd5hvy31mdg");
    EXPECT_EQ(result.snapshot.status, RemoteStatus::starting);
    EXPECT_FALSE(result.error);
  }
}

TEST_F(SubmitTest, MayBeOverAtOnce) {
  const Submitted result = after(201, R"({"id": "p", "status": "succeeded", "output": ["https://x/out.png"]})");
  EXPECT_EQ(result.snapshot.status, RemoteStatus::succeeded);
  EXPECT_EQ(result.snapshot.urls.size(), 1u);
}

TEST_F(SubmitTest, OutputWhileProcessingIsNotTheEnd) {
  const Submitted result = after(201, R"({"id": "p", "status": "processing", "output": "https://x/out.png"})");
  EXPECT_EQ(result.kind, Kind::created);
  EXPECT_EQ(result.snapshot.status, RemoteStatus::processing);
}

TEST_F(SubmitTest, AnswersWithoutAnIdMayHaveBeenPaidFor) {
  const std::string hint =
      " (the prediction may have been made and may cost money, so it is not asked for again by itself; `pixgraph "
      "ledger` shows it)";
  EXPECT_EQ(error_after(200, R"({"created": 1589478378, "data": [{"url": "https://..."}, {"url": "https://..."}]})"),
            "E417: no id in the answer of gateway.example (200)" + hint);
  EXPECT_EQ(error_after(200, "<html><head><title>Welcome</title></head></html>"),
            "E417: no id in the answer of gateway.example (200: Welcome)" + hint);
  EXPECT_EQ(error_after(201, ""), "E417: no id in the answer of gateway.example (201: no JSON)" + hint);
  EXPECT_EQ(error_after(200, R"({"id": null, "error": {"message": "busy"}})"),
            "E417: no id in the answer of gateway.example (200: busy)" + hint);
  EXPECT_EQ(after(200, R"({"id": "../escape"})").kind, Kind::unknown);
  EXPECT_EQ(after(200, R"([1])").kind, Kind::unknown);
}

TEST_F(SubmitTest, ServerErrorsMayHaveBeenPaidFor) {
  for (int status : {408, 500, 502, 503, 504, 520, 524, 302, 303, 304})
    EXPECT_EQ(after(status, "").kind, Kind::unknown) << status;
  EXPECT_EQ(error_after(502,
                        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad "
                        "Gateway</h1></center></body></html>"),
            "E417: gateway.example answered 502: 502 Bad Gateway (the prediction may have been made and may cost "
            "money, so it is not asked for "
            "again by itself; `pixgraph ledger` shows it)");
}

TEST_F(SubmitTest, BrokenConnections) {
  host.http().fail(HttpError("E201", "gateway.example was not found", HttpError::Sent::no, "look at the name"));
  const Submitted not_sent = submit();
  EXPECT_EQ(not_sent.kind, Kind::not_sent);
  EXPECT_EQ(shown(*not_sent.error), "E201: gateway.example was not found (look at the name)");
  host.http().fail(HttpError("E204", "the connection broke", HttpError::Sent::maybe));
  const Submitted unknown = submit();
  EXPECT_EQ(unknown.kind, Kind::unknown);
  EXPECT_EQ(unknown.error->message(), "the connection broke");
}

TEST_F(SubmitTest, Throttled) {
  const Submitted result = after(
      429, R"({"detail": "Request was throttled. Your rate limit resets in ~30s.", "status": 429, "retry_after": 5})",
      {{"Retry-After", "7"}});
  EXPECT_EQ(result.kind, Kind::throttled);
  EXPECT_EQ(result.wait, std::chrono::seconds(30));
  EXPECT_EQ(shown(*result.error),
            "E430: gateway.example asks to slow down (429: Request was throttled. Your rate limit resets in ~30s.)");
}

TEST_F(SubmitTest, RedirectsAreNotFollowed) {
  const Submitted result = after(308, "", {{"Location", "https://other.example/replicate/v1/predictions"}});
  EXPECT_EQ(result.kind, Kind::rejected);
  EXPECT_EQ(shown(*result.error),
            "E437: gateway.example sends the request elsewhere (308: https://other.example/replicate/v1/predictions) "
            "(nothing was bought; set "
            "REPLICATE_BASE_URL to where the API really is, now https://gateway.example/replicate/v1)");
  EXPECT_EQ(host.http().requests.size(), 1u);
}

TEST_F(SubmitTest, RefusedToken) {
  const Submitted result = after(
      401, R"({"title":"Unauthenticated","detail":"You did not pass a valid authentication token","status":401})");
  EXPECT_EQ(result.kind, Kind::rejected);
  EXPECT_EQ(shown(*result.error),
            "E431!: gateway.example does not accept the token in REPLICATE_API_TOKEN (401: Unauthenticated: You did "
            "not pass a valid "
            "authentication token) (see whether the token belongs to this server)");
}

TEST_F(SubmitTest, NoCredit) {
  EXPECT_EQ(
      error_after(402,
                  R"({"title": "Insufficient credit", "detail": "You have insufficient credit to run this model."})"),
      "E432!: gateway.example wants payment first (402: Insufficient credit: You have insufficient credit to run this "
      "model.) (add credit "
      "or a payment method to the account and run again: what was bought so far is kept)");
}

TEST_F(SubmitTest, Forbidden) {
  EXPECT_EQ(error_after(403, R"({"error": "not allowed"})"),
            "E433: gateway.example does not let this token use cjwbw/rembg (403: not allowed) (a private model needs "
            "its owner's token; a "
            "gateway offers only the models of its own list)");
}

TEST_F(SubmitTest, UnknownModel) {
  EXPECT_EQ(error_after(404, R"({"detail":"The requested resource could not be found.","status":404})"),
            "E434: gateway.example does not know cjwbw/rembg (404: The requested resource could not be found.) (see "
            "whether the name is right; "
            "a gateway offers only the models of its own list; REPLICATE_BASE_URL is used as it stands, now "
            "https://gateway.example/replicate/v1)");
  request.endpoint = "/models/cjwbw/rembg/predictions";
  EXPECT_EQ(error_after(404, ""),
            "E434: gateway.example does not know `model: cjwbw/rembg` (404) (`model:` is for official models only; for "
            "others write `version: cjwbw/rembg` and let `pixgraph lock` find the version, or give it: `version: "
            "cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003`; REPLICATE_BASE_URL is used "
            "as it stands, now https://gateway.example/replicate/v1)");
  request.endpoint = "/deployments/acme/up/predictions";
  request.lane = "deployment acme/up";
  EXPECT_EQ(error_after(404, ""),
            "E434: gateway.example does not know deployment acme/up (404) (see whether the name is right and the token "
            "belongs to its owner; "
            "REPLICATE_BASE_URL is used as it stands, now https://gateway.example/replicate/v1)");
}

TEST_F(SubmitTest, UnknownModelByItsNameAlone) {
  request.lane = request.model = request.version = "me/mine";
  EXPECT_EQ(error_after(422, R"({"title": "Invalid version or not permitted"})"),
            "E436: gateway.example refuses `version: me/mine` (422: Invalid version or not permitted) (official models "
            "only are asked for by name alone; for others let `pixgraph lock` find the version, or give it: `version: "
            "me/mine:<64 hex digits>`; else the token may not use it, or the account has no payment method)");
  // Who has not set another base is not sent after it.
  host.variables.erase("REPLICATE_BASE_URL");
  request.server = "https://api.replicate.com/v1";
  EXPECT_EQ(error_after(404, ""),
            "E434: api.replicate.com does not know `version: me/mine` (404) (official models only are asked for by "
            "name alone; for others let `pixgraph lock` find the version, or give it: `version: me/mine:<64 hex "
            "digits>`)");
  request.lane = kHex;
  request.version = "me/mine:" + kHex;
  EXPECT_EQ(error_after(404, ""),
            "E434: api.replicate.com does not know me/mine (404) (see whether the name is right)");
}

TEST_F(SubmitTest, TooLarge) {
  EXPECT_EQ(error_after(413, "<html><title>413 Request Entity Too Large</title></html>"),
            "E435: the request is too large for gateway.example (413: 413 Request Entity Too Large) (give a URL "
            "instead of the file, or make "
            "the picture smaller first)");
}

TEST_F(SubmitTest, InvalidVersion) {
  EXPECT_EQ(
      error_after(
          422,
          R"json({"title":"Invalid version or not permitted","detail":"The specified version does not exist (or perhaps you don't have permission to use it?)","status":422})json"),
      "E436: gateway.example refuses cjwbw/rembg (422: Invalid version or not permitted: The specified version does "
      "not exist (or perhaps "
      "you don't have permission to use it?)) (one of three: the version is wrong or was withdrawn, the token may not "
      "use it, or the "
      "account has no payment method)");
  EXPECT_EQ(error_after(422, R"({"detail": "Version disabled"})"),
            "E436: gateway.example refuses cjwbw/rembg (422: Version disabled) (its owner has switched this version "
            "off: take a newer one)");
}

TEST_F(SubmitTest, InvalidInput) {
  request.model = "";
  EXPECT_EQ(
      error_after(
          422,
          R"({"detail": [{"loc": ["body", "input", "prompt"], "msg": "field required", "type": "value_error.missing"},
                                          {"loc": ["body", "input", "images", 0], "msg": "not a URL"}]})"),
      "E437: gateway.example refuses the input of version aaaaaaaa (422: input.prompt: field required; input.images.0: "
      "not a URL) "
      "(nothing was bought; mend what it names and run again)");
  EXPECT_EQ(error_after(400, "bad"),
            "E437: gateway.example refuses the request for version aaaaaaaa (400: bad) (nothing was bought)");
}

TEST_F(SubmitTest, AnEchoedTokenIsNotShown) {
  EXPECT_EQ(error_after(400, R"({"detail": "bad token hk-secret"})").find("hk-secret"), std::string::npos);
}

TEST_F(SubmitTest, FilesThatWereNotStagedAreNotSent) {
  request.files.emplace_back().name = "photo.png";
  const Submitted result = submit();
  EXPECT_EQ(result.kind, Kind::rejected);
  EXPECT_EQ(shown(*result.error),
            "E407: `photo.png` was not sent to gateway.example before the request (nothing was bought)");
  EXPECT_TRUE(host.http().requests.empty());
}

}  // namespace
}  // namespace pixgraph::replicate
