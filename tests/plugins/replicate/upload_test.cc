#include "upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support/scripted_host.h"

namespace pixgraph::replicate {
namespace {

using test::ScriptedHost;
using test::thrown;
using ::testing::ElementsAre;

struct UploadTest : ::testing::Test {
  UploadTest() { host.variables["REPLICATE_API_TOKEN"] = "r8_secret"; }

  RequestFile file(std::size_t size, const std::string& name = "photo.png", const std::string& type = "image/png") {
    RequestFile entry;
    entry.name = name;
    entry.key = "bytes:" + name;
    entry.encode = [=, this] {
      ++encoded;
      return RequestFile::Encoded{std::make_shared<const Bytes>(size, std::uint8_t{'x'}), type};
    };
    return entry;
  }
  void stage() { staging.stage(request, read_server(host), host, links); }
  /// A server that says nothing of uploads, and has none.
  void gateway(int status = 404) {
    host.variables["REPLICATE_BASE_URL"] = "https://gateway.example/replicate/v1";
    host.http().answer(status, "no such route");
  }

  ScriptedHost host;
  Staging staging;
  Links links;
  Request request;
  int encoded = 0;
};

TEST_F(UploadTest, OfficialServerTakesUploads) {
  host.http().answer(201, R"({"id": "file_1-A", "urls": {"get": "https://elsewhere.example/v1/files/file_1-A"}})");
  request.files.push_back(file(4));
  stage();
  // What the answer says is handed to the model; nothing of ours goes there.
  EXPECT_EQ(request.files[0].reference, "https://elsewhere.example/v1/files/file_1-A");
  EXPECT_EQ(request.files[0].upload_id, "file_1-A");
  const HttpRequest& sent = host.http().last();
  EXPECT_EQ(sent.method + " " + sent.url, "POST https://api.replicate.com/v1/files");
  EXPECT_EQ(sent.authorization, "Bearer r8_secret");
  const std::string type = test::header_of(sent, "Content-Type");
  ASSERT_TRUE(type.starts_with("multipart/form-data; boundary=pixgraph-")) << type;
  const std::string boundary = type.substr(type.find('=') + 1);
  EXPECT_EQ(sent.body,
            "--" + boundary + "\r\nContent-Disposition: form-data; name=\"filename\"\r\n\r\nphoto.png\r\n" +  //
                "--" + boundary + "\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage/png\r\n" +  //
                "--" + boundary + "\r\nContent-Disposition: form-data; name=\"content\"; filename=\"photo.png\"\r\n" +
                "Content-Type: image/png\r\n\r\nxxxx\r\n--" + boundary + "--\r\n");
}

TEST_F(UploadTest, GatewaysGetDataUris) {
  gateway();
  request.files.push_back(file(4));
  stage();
  EXPECT_EQ(request.files[0].reference, "data:image/png;base64,eHh4eA==");
  EXPECT_EQ(host.http().requests.size(), 1u);  // asked once whether it takes uploads
  EXPECT_TRUE(request.warnings.empty());
}

TEST_F(UploadTest, LargerOnesWithAWarning) {
  gateway();
  request.files.push_back(file(256'000));
  request.files.push_back(file(256'001, "b.png"));
  stage();
  EXPECT_THAT(request.warnings, ElementsAre("`b.png` (256 kB) is sent inside the request, because gateway.example "
                                            "takes no uploads; above 256 kB some servers refuse that"));
}

TEST_F(UploadTest, TooLargeOnesNot) {
  gateway();
  request.files.push_back(file(10'000'000, "ok.tif"));
  stage();
  request.files.push_back(file(14'230'000, "scan.tif"));
  EXPECT_EQ(thrown([&] { stage(); }),
            "E406: `scan.tif` is 14.2 MB, and gateway.example takes no uploads: at most 10.0 MB fit into a request "
            "(give a http(s) URL instead "
            "of the file, or make the picture smaller first (Resize))");
}

TEST_F(UploadTest, AServerWithoutFilesIsRemembered) {
  gateway(405);
  request.files = {file(3), file(3, "b.png")};
  stage();
  EXPECT_EQ(request.files[1].reference, "data:image/png;base64,eHh4");
  EXPECT_EQ(request.files[1].upload_id, "");
  EXPECT_EQ(host.http().requests.size(), 1u);
}

TEST_F(UploadTest, AGatewayThatRefusesUploadsInItsOwnWayHasNone) {
  for (int status : {200, 400, 403, 422, 501}) {
    staging.~Staging();
    new (&staging) Staging();
    gateway(status);
    request.files = {file(3)};
    stage();
    EXPECT_EQ(request.files[0].reference, "data:image/png;base64,eHh4") << status;
  }
}

TEST_F(UploadTest, AGatewayThatTakesUploadsGetsThem) {
  host.variables["REPLICATE_BASE_URL"] = "https://gateway.example/replicate/v1";
  host.http().answer(201, R"({"id": "file_2"})");
  request.files = {file(3)};
  stage();
  EXPECT_EQ(request.files[0].reference, "https://gateway.example/replicate/v1/files/file_2");
}

TEST_F(UploadTest, TheSameBytesGoUpOnce) {
  host.http().answer(201, R"({"id": "file_3"})");
  request.files = {file(3), file(3)};
  stage();
  EXPECT_EQ(host.http().requests.size(), 1u);
  EXPECT_EQ(request.files[1].upload_id, "file_3");
}

TEST_F(UploadTest, WhatMayBeRepeatedIsAnHttpError) {
  request.files = {file(3)};
  host.http().answer(503, "busy");
  EXPECT_THROW(stage(), HttpError);
}

TEST_F(UploadTest, StagedOnceOnly) {
  host.http().answer(200, R"({"id": "f"})");
  request.files.push_back(file(3));
  stage();
  stage();
  EXPECT_EQ(host.http().requests.size(), 1u);
}

TEST_F(UploadTest, ALiveLinkIsHandedOn) {
  const std::string url = "https://replicate.delivery/x/out.png";
  links.born({url});
  request.files.push_back(file(3));
  request.files[0].live_url = url;
  stage();
  EXPECT_EQ(request.files[0].reference, url);
  EXPECT_EQ(encoded, 0);
}

TEST_F(UploadTest, WhatIsSentJustNowIsWaitedFor) {
  host.http().answer(201, R"({"id": "f1"})");
  std::vector<Request> requests(8);
  std::vector<std::thread> threads;
  for (Request& one : requests) {
    one.files.push_back(file(3));
    threads.emplace_back([&] { staging.stage(one, read_server(host), host, links); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(host.http().requests.size(), 1u);
  for (const Request& one : requests) EXPECT_EQ(one.files[0].upload_id, "f1");
}

TEST_F(UploadTest, AnEarlierRunsUploadIsUsedWhileItIsThere) {
  request.files.push_back(file(3));
  request.files[0].upload_id = "old";
  request.files[0].reference = "https://x/files/old";
  host.http().answer(200, R"({"id": "old"})");
  stage();
  stage();
  EXPECT_EQ(request.files[0].reference, "https://x/files/old");
  ASSERT_EQ(host.http().requests.size(), 1u) << "asked once";
  EXPECT_EQ(host.http().last().method + " " + host.http().last().url, "GET https://api.replicate.com/v1/files/old");
  EXPECT_EQ(encoded, 0);
  request.files[0].upload_id = "older";
  host.http().answer(404, "");
  host.http().answer(201, R"({"id": "new"})");
  stage();
  EXPECT_EQ(request.files[0].upload_id, "new");
}

TEST_F(UploadTest, ADeadLinkIsNot) {
  gateway();
  request.files.push_back(file(3));
  request.files[0].live_url = "https://replicate.delivery/x/old.png";
  stage();
  EXPECT_EQ(request.files[0].reference, "data:image/png;base64,eHh4");
}

TEST_F(UploadTest, Refusals) {
  request.files.push_back(file(3));
  host.http().answer(413, R"({"detail": "too large"})");
  EXPECT_EQ(thrown([&] { stage(); }),
            "E406: `photo.png` is 3 bytes, and that is too large for api.replicate.com (give a http(s) URL instead of "
            "the file, or make the "
            "picture smaller first (Resize))");
  host.http().answer(422, R"({"detail": "no such type"})");
  EXPECT_EQ(thrown([&] { stage(); }),
            "E407: api.replicate.com refuses the upload of `photo.png` (422: no such type) (nothing was bought)");
  host.http().answer(201, R"({"ok": true})");
  EXPECT_EQ(thrown([&] { stage(); }),
            "E407: api.replicate.com answered the upload of `photo.png` without an id (nothing was bought)");
  host.http().answer(201, R"({"id": "../../x"})");
  EXPECT_EQ(thrown([&] { stage(); }),
            "E407: api.replicate.com answered the upload of `photo.png` without an id (nothing was bought)");
  host.http().answer(401, "");
  EXPECT_EQ(thrown([&] { stage(); }),
            "E431!: api.replicate.com does not accept the token in REPLICATE_API_TOKEN (401) (take a valid one from "
            "https://replicate.com/account/api-tokens)");
  host.http().answer(503, "");
  EXPECT_EQ(thrown([&] { stage(); }),
            "E419: api.replicate.com gave no answer about the upload of `photo.png` (503) (what was bought is kept and "
            "can be asked for again)");
  host.http().answer(429, "");
  EXPECT_THROW(stage(), Throttled);
  EXPECT_EQ(request.files[0].reference, "");
}

TEST(Upload, Base64OfEveryLength) {
  const auto uri = [](const char* text) {
    const std::string all(text);
    return data_uri({std::make_shared<const Bytes>(all.begin(), all.end()), "text/plain"});
  };
  EXPECT_EQ(uri(""), "data:text/plain;base64,");
  EXPECT_EQ(uri("f"), "data:text/plain;base64,Zg==");
  EXPECT_EQ(uri("fo"), "data:text/plain;base64,Zm8=");
  EXPECT_EQ(uri("foo"), "data:text/plain;base64,Zm9v");
  EXPECT_EQ(uri("foobar"), "data:text/plain;base64,Zm9vYmFy");
  EXPECT_EQ(uri("\xFF\xFE\xFD"), "data:text/plain;base64,//79");
}

TEST(Upload, WireNames) {
  EXPECT_EQ(wire_name("photo.png", "image/png"), "photo.png");
  EXPECT_EQ(wire_name("photo.JPEG", "image/jpeg"), "photo.JPEG");
  EXPECT_EQ(wire_name("photo.heic", "image/jpeg"), "photo.jpg");
  EXPECT_EQ(wire_name("image", "image/png"), "image.png");
  EXPECT_EQ(wire_name("a/b\\c \"d\"\r\n.png", "image/png"), "c _d___.png");
  EXPECT_EQ(wire_name("", "video/mp4"), "file.mp4");
  EXPECT_EQ(wire_name(".hidden", "application/zip"), ".hidden");
  EXPECT_EQ(wire_name(std::string(300, 'a') + ".png", "image/png"), std::string(200, 'a') + ".png");
  EXPECT_EQ(wire_name(std::string(199, 'a') + "\xC3\xA9\xC3\xA9", "application/zip"), std::string(199, 'a'));
}

TEST(Upload, ABoundaryIsNeverWithinTheBytes) {
  ScriptedHost host;
  host.variables["REPLICATE_API_TOKEN"] = "k";
  class SameHash : public ScriptedHost {
   public:
    std::string hash(std::span<const std::uint8_t>) override { return std::string(64, '0'); }
  } same;
  same.variables = host.variables;
  same.http().answer(201, R"({"id": "f"})");
  Request request;
  RequestFile file;
  file.encode = [] {
    const std::string text = "pixgraph-" + std::string(40, '0');
    return RequestFile::Encoded{std::make_shared<const Bytes>(text.begin(), text.end()), "text/plain"};
  };
  request.files.push_back(file);
  Staging().stage(request, read_server(same), same, Links());
  EXPECT_TRUE(test::header_of(same.http().last(), "Content-Type").ends_with("0x"));
}

}  // namespace
}  // namespace pixgraph::replicate
