#include "uploads.h"

#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace pixgraph {
namespace {

Request request_of(const std::string& key) {
  Request request;
  request.server = "https://s/v1";
  RequestFile file;
  file.key = key;
  request.files.push_back(std::move(file));
  return request;
}

TEST(Uploads, AreKnownToTheNextRunByServerAndFile) {
  const test::TempFolder folder;
  Index index(folder.path("state"));
  const Uploads uploads(&index);
  Request one = request_of("pixels:a");
  uploads.recall(one);
  EXPECT_EQ(one.files[0].reference, "");
  one.files[0].upload_id = "f1";
  one.files[0].reference = "https://s/v1/files/f1";
  uploads.remember(one);
  Request again = request_of("pixels:a");
  uploads.recall(again);
  EXPECT_EQ(again.files[0].upload_id, "f1");
  EXPECT_EQ(again.files[0].reference, "https://s/v1/files/f1");
  for (Request other : {request_of("pixels:b"), request_of("pixels:a")}) {
    if (other.files[0].key == "pixels:a") other.server = "https://t/v1";
    uploads.recall(other);
    EXPECT_EQ(other.files[0].reference, "");
  }
  Request linked = request_of("pixels:a");
  linked.files[0].live_url = "https://x/0.png";
  uploads.recall(linked);
  EXPECT_EQ(linked.files[0].upload_id, "");
}

TEST(Uploads, AreForgottenBeforeTheServerForgetsThem) {
  const test::TempFolder folder;
  Index index(folder.path("state"));
  for (const char* at : {"2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "nonsense"}) {
    index.remember_upload("https://s/v1 pixels:a",
                          std::string(R"({"id":"f1","reference":"https://s/v1/files/f1","at":")") + at + "\"}");
    Request one = request_of("pixels:a");
    Uploads(&index).recall(one);
    EXPECT_EQ(one.files[0].reference, "") << at;
  }
}

}  // namespace
}  // namespace pixgraph
