#include "report.h"

#include <gtest/gtest.h>

#include <fstream>

#include "hash.h"
#include "http_url.h"
#include "ledger.h"
#include "support/fake_call.h"
#include "support/past_run.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

using test::json;
using test::PastRun;

struct Formats {
  Formats() {
    Codec jpeg = test::test_codec("jpeg", ".jpg", false);
    jpeg.encode = [](const Image& image, const EncodeRequest&) { return Bytes{0xff, 0xd8, 0xff, image.row(0)[0]}; };
    test::add_codecs(registry, {jpeg, test::test_codec("timg", ".timg")});
  }
  Registry registry;
};

/// The report of a past run whose photos are files of the tests' own format.
struct Reported : PastRun, Formats {
  /// An item with a photo of one grey.
  void photo(const std::string& item, char grey) {
    const std::string photo_path = folder.write("photos/" + item, std::string("TIMG\x01\x01\x01\x00", 8) + grey);
    add({{"type", "picture"},
         {"item", item},
         {"input", "photo"},
         {"hash", sha256_file(photo_path)},
         {"path", photo_path}});
  }
  std::string write_it(const ReportOptions& options = {}) {
    write();
    path = folder.path("runs/" + id + "/report.html");
    write_report(folder.path(), id, path, thumbnails, options);
    return folder.read("runs/" + id + "/report.html");
  }
  static json data_in(const std::string& page, const std::string& script = "data") {
    const std::string begin = "id=\"" + script + "\">";
    const std::size_t at = page.find(begin);
    if (at == std::string::npos) return nullptr;
    return json::parse(page.substr(at + begin.size(), page.find("</script>", at) - at - begin.size()));
  }
  Codecs codecs{registry};
  Thumbnails thumbnails{real_disk(), codecs, folder.path("thumbnails")};
  std::string path;
};

TEST(Report, ThumbnailsThatTheRunDidNotMakeAreMade) {
  Reported run;
  run.photo("a", '\x05');
  run.photo("b", '\x06');
  run.photo("c", '\x05');  // the same picture
  run.done("a");
  run.end(0, 1, 0);
  const std::string page = run.write_it();
  const json data = Reported::data_in(page);
  EXPECT_EQ(data["pictures"]["thumb"], (json{0, 1, 0}));
  EXPECT_EQ(data["thumbs"], (json{{"inside", 2}, {"each", 128}}));
  EXPECT_EQ(Reported::data_in(page, "thumbs-0"), (json{"data:image/jpeg;base64," + base64("\xff\xd8\xff\x05"),
                                                       "data:image/jpeg;base64," + base64("\xff\xd8\xff\x06")}));
  EXPECT_EQ(data["pictures"]["path"][0], "../../photos/a");
}

TEST(Report, MakesNoThumbnailPastItsTime) {
  Reported run;
  run.photo("a", '\x05');
  run.end(0, 1, 0);
  const json data = Reported::data_in(run.write_it({.thumbnail_time = std::chrono::milliseconds(0)}));
  EXPECT_EQ(data["pictures"]["thumb"], json{-1});
  EXPECT_EQ(data["thumbs"]["inside"], 0);
}

TEST(Report, ManyThumbnailsStandBesideIt) {
  Reported run;
  run.photo("a", '\x05');
  run.photo("b", '\x06');
  run.failed("b", "fitted", "E1", "no");
  run.end(1, 0, 1);
  run.folder.write("runs/" + run.id + "/report.files/0/7.jpg", "of an earlier report");
  const std::string page = run.write_it({.most_inside = 7});
  const json data = Reported::data_in(page);
  EXPECT_EQ(data["thumbs"], (json{{"beside", "report.files/"}, {"names", {"0/0.jpg", "0/1.jpg"}}}));
  EXPECT_EQ(Reported::data_in(page, "thumbs-0"), nullptr);
  EXPECT_EQ(run.folder.read("runs/" + run.id + "/report.files/0/1.jpg"), "\xff\xd8\xff\x06");
  EXPECT_FALSE(real_disk().exists(run.folder.path("runs/" + run.id + "/report.files/0/7.jpg")));
  EXPECT_NE(page.find("<img src=\"report.files/0/1.jpg\" alt=\"\">"), std::string::npos);
  EXPECT_NE(run.write_it().find("<img src=\"data:image/jpeg;base64,"), std::string::npos);
}

TEST(Report, SaysWhatModelsWereAsked) {
  Reported run;
  Ledger ledger(real_disk(), run.folder.path("ledger"));
  Request request;
  request.lane = "l";
  request.model = "o/n";
  request.input =
      std::make_shared<const json>(json{{"prompt", "a <cup>"}, {"seed", 7}, {"long", std::string(300, 'x')}});
  auto purchase = ledger.claim("k1", 1, request);
  ASSERT_TRUE(purchase);
  run.add(
      {{"type", "prediction"}, {"state", "succeeded"}, {"id", "x1"}, {"key", "k1"}, {"lane", "l"}, {"model", "o/n"}});
  run.add({{"type", "item"},
           {"item", "a"},
           {"outcome", "done"},
           {"predictions", {{{"node", "scene"}, {"id", "x1"}, {"reused", false}}}}});
  run.end(0, 2, 0);
  const std::string page = run.write_it();
  const json data = Reported::data_in(page);
  ASSERT_EQ(data["predictions"]["input"].size(), 1u);
  EXPECT_EQ(data["texts"][data["predictions"]["input"][0].get<int>()],
            "long: " + std::string(200, 'x') + "…\nprompt: a <cup>\nseed: 7");
  EXPECT_NE(page.find("<li class=\"mono\">o/n  1 prediction, seed 7</li>"), std::string::npos);
}

TEST(Report, NoNameEndsItsData) {
  Reported run;
  run.photo("</script><script>alert(1)", '\x05');
  run.end(0, 1, 0);
  const std::string page = run.write_it();
  EXPECT_EQ(Reported::data_in(page)["items"]["name"], json{"</script><script>alert(1)"});
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
}

TEST(Report, IsWholeOrNotThere) {
  Reported run;
  run.end(0, 2, 0);
  run.write_it();
  EXPECT_EQ(real_disk().list(run.folder.path("runs/" + run.id)),
            (std::vector<std::string>{"events.ndjson", "report.html"}));
  EXPECT_EQ(test::error_of([&] { write_report(run.folder.path(), run.id, "/nowhere/r.html", run.thumbnails); }),
            "E602: `/nowhere/r.html` cannot be written");
  EXPECT_EQ(test::error_of([&] { write_report(run.folder.path(), "none", run.path, run.thumbnails); }).substr(0, 4),
            "E601");
}

TEST(Report, ARunIsFoundByItsIdOrAsTheLast) {
  const test::TempFolder folder;
  EXPECT_EQ(test::error_of([&] { find_run(folder.path(), "last"); }),
            "E806: there is no run in " + folder.path("runs"));
  folder.write("runs/2026a/events.ndjson", "");
  folder.write("runs/2026b/events.ndjson", "");
  folder.write("runs/2026c/other", "");
  EXPECT_EQ(find_run(folder.path(), "last"), "2026b");
  EXPECT_EQ(find_run(folder.path(), "2026a"), "2026a");
  EXPECT_EQ(test::error_of([&] { find_run(folder.path(), "2026"); }),
            "E806: `2026` begins the ids of 2 runs (write more of it, or last)");
  EXPECT_EQ(test::error_of([&] { find_run(folder.path(), "x"); }),
            "E806: there is no run `x` in " + folder.path("runs") + " (the last one is 2026b)");
}

}  // namespace
}  // namespace pixgraph
