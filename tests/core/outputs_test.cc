#include "outputs.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "hash.h"
#include "support/fake_call.h"
#include "support/temp_folder.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

using test::error_of;
using test::filled;
using test::TempFolder;

struct Desk {
  explicit Desk(bool overwrite = false) : writer(make(overwrite)) {}
  OutputWriter make(bool overwrite) {
    Codec flat = test::test_codec("flat", ".flat", false);
    flat.info.magics = {{0, "FLAT", 0}};
    test::add_codecs(registry, {test::test_codec(), flat});
    codecs = std::make_unique<Codecs>(registry);
    index = std::make_unique<Index>(folder.path("state"));
    return OutputWriter(real_disk(), *index, *codecs, folder.path("out"), overwrite);
  }
  std::string claim_error(const std::string& name, const std::string& owner = "`result` of a") {
    return error_of([&] { writer.claim(name, owner); });
  }
  OutputWriter::Written write(const std::string& name, const Value& value) {
    return writer.write(writer.claim(name, "`result` of " + name), value, settings);
  }

  TempFolder folder;
  Registry registry;
  std::unique_ptr<Codecs> codecs;
  std::unique_ptr<Index> index;
  OutputWriter writer;
  GraphOutput settings;
};

TEST(Outputs, NamesThatLeaveTheFolderAreRefused) {
  Desk desk;
  for (const char* name : {"../a.txt", "/etc/a.txt", "x/../../a.txt", ".."})
    EXPECT_EQ(desk.claim_error(name), "E611: the output file `" + std::string(name) + "` would lie outside of " +
                                          desk.folder.path("out") + " (names in `file:` are below --out)");
  EXPECT_EQ(desk.writer.claim("x/../a.txt", "o"), desk.folder.path("out/a.txt"));
  EXPECT_EQ(desk.writer.claim("...txt", "o"), desk.folder.path("out/...txt"));
}

TEST(Outputs, WhatIsNoFileNameIsRefused) {
  Desk desk;
  for (const std::string name : {"", ".", "a/", "a/.", "a/..", "a\nb", "a\x7f"})
    EXPECT_EQ(desk.claim_error(name), "E611: `" + name + "` cannot be the name of an output file");
  EXPECT_EQ(desk.claim_error(std::string(300, 'x') + ".txt"),
            "E611: `" + std::string(77, 'x') + "...` cannot be the name of an output file: it is too long");
}

TEST(Outputs, OneFileHasOneOwner) {
  Desk desk;
  desk.writer.claim("a.txt", "`result` of a");
  EXPECT_EQ(desk.claim_error("a.txt"), "");
  EXPECT_EQ(desk.claim_error("./x/../a.txt", "`result` of b"),
            "E612: `" + desk.folder.path("out/a.txt") +
                "` would be written twice: by `result` of a and by `result` of b "
                "(put ${photo.relpath} or another part that differs into `file:`)");
}

TEST(Outputs, AnInputIsNeverAnOutput) {
  Desk desk;
  desk.writer.protect(desk.folder.write("out/a.jpg", "photo"));
  desk.folder.write("real.jpg", "photo");
  std::filesystem::create_symlink(desk.folder.path("real.jpg"), desk.folder.path("out/link.jpg"));
  desk.writer.protect(desk.folder.path("real.jpg"));
  for (const char* name : {"a.jpg", "link.jpg"})
    EXPECT_EQ(desk.claim_error(name), "E613: `" + desk.folder.path("out/") + name +
                                          "` is an input of this run and would be overwritten "
                                          "(choose another --out or another `file:`)");
}

TEST(Outputs, OwnFilesAreReplacedAndEqualOnesLeft) {
  Desk desk;
  EXPECT_TRUE(desk.write("x/a.txt", Value("one")).changed);
  EXPECT_EQ(desk.folder.read("out/x/a.txt"), "one\n");
  const auto again = desk.write("x/a.txt", Value("one"));
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.hash, sha256(std::string_view("one\n")));
  EXPECT_TRUE(desk.write("x/a.txt", Value("two")).changed);
  EXPECT_EQ(desk.folder.read("out/x/a.txt"), "two\n");
  EXPECT_EQ(real_disk().list(desk.folder.path("out/x")), std::vector<std::string>{"a.txt"});
}

TEST(Outputs, AForeignOrEditedFileIsRefused) {
  Desk desk;
  const auto refusal = [&](const char* name) {
    return "E614: `" + desk.folder.path("out/") + name +
           "` was not written by pixgraph or was changed since, and is not overwritten (move it away, or say "
           "--overwrite)";
  };
  desk.folder.write("out/foreign.txt", "theirs");
  EXPECT_EQ(error_of([&] { desk.write("foreign.txt", Value("ours")); }), refusal("foreign.txt"));
  desk.write("a.txt", Value("one"));
  EXPECT_EQ(error_of([&] { desk.writer.check_untouched(desk.folder.path("out/a.txt")); }), "");
  desk.folder.write("out/a.txt", "edited");
  EXPECT_EQ(error_of([&] { desk.writer.check_untouched(desk.folder.path("out/a.txt")); }), refusal("a.txt"));
  EXPECT_EQ(error_of([&] { desk.write("a.txt", Value("two")); }), refusal("a.txt"));
  EXPECT_EQ(desk.folder.read("out/a.txt"), "edited");
}

TEST(Outputs, OnlyOursOfWhatIsLeftHalfWrittenIsTakenAway) {
  TempFolder folder;
  const std::string ours = ".new-0123456789abcdef01234567";
  for (const std::string& name : {ours, std::string(".new-design.txt"), std::string(".new-"), ours + ".txt"}) {
    folder.write("out/" + name, "x");
    std::filesystem::last_write_time(folder.path("out/" + name),
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  }
  Registry registry;
  const Codecs codecs(registry);
  Index index(folder.path("state"));
  const OutputWriter writer(real_disk(), index, codecs, folder.path("out"), false);
  writer.sweep();
  EXPECT_EQ(real_disk().list(folder.path("out")),
            (std::vector<std::string>{".new-", ours + ".txt", ".new-design.txt"}));
}

TEST(Outputs, OverwriteReplacesThemAll) {
  Desk desk(true);
  desk.folder.write("out/foreign.txt", "theirs");
  EXPECT_TRUE(desk.write("foreign.txt", Value("ours")).changed);
  EXPECT_EQ(desk.folder.read("out/foreign.txt"), "ours\n");
}

TEST(Outputs, AFileThatACrashLeftBehindIsStillOurs) {
  Desk desk;
  desk.write("a.txt", Value("one"));
  desk.index->will_write(desk.folder.path("out/a.txt"), std::string(64, 'f'));  // and then the power went
  EXPECT_TRUE(desk.write("a.txt", Value("two")).changed);
}

TEST(Outputs, ValuesAreWrittenByTheirKind) {
  Desk desk;
  desk.write("a.json", Value(std::make_shared<const nlohmann::json>(nlohmann::json{{"a", 1}})));
  EXPECT_EQ(desk.folder.read("out/a.json"), "{\n  \"a\": 1\n}\n");
  desk.write("n.txt", Value(7.5));
  EXPECT_EQ(desk.folder.read("out/n.txt"), "7.5\n");
  desk.write("i.timg", Value(filled(1, 1, 3, 65)));
  EXPECT_EQ(desk.folder.read("out/i.timg"), std::string("TIMG\x01\x01\x03\0"
                                                        "AAA",
                                                        11));
  EXPECT_EQ(error_of([&] { desk.write("i.none", Value(filled(1, 1, 3, 65))); }),
            "E323: no format is known for `" + desk.folder.path("out/i.none") + "`");
}

TEST(Outputs, AFileKeepsItsBytesUnlessTheNameAsksForAnotherFormat) {
  Desk desk;
  auto file = std::make_shared<File>();
  file->path = desk.folder.write("in.timg", std::string("TIMG\x01\x01\x03\0"
                                                        "AAA and more",
                                                        20));
  file->name = "in.timg";
  desk.write("a.timg", Value(FilePtr(file)));
  EXPECT_EQ(desk.folder.read("out/a.timg"), std::string("TIMG\x01\x01\x03\0"
                                                        "AAA and more",
                                                        20));
  desk.write("a.bin", Value(FilePtr(file)));
  EXPECT_EQ(desk.folder.read("out/a.bin").size(), 20u);
  desk.write("a.flat", Value(FilePtr(file)));
  EXPECT_EQ(desk.folder.read("out/a.flat").size(), 11u);
}

TEST(Outputs, AlphaIsFlattenedOnlyWhenAsked) {
  Desk desk;
  const Value image(filled(1, 1, 4, 128, Alpha::straight));
  EXPECT_EQ(error_of([&] { desk.write("a.flat", image); }).substr(0, 5), "E322:");
  desk.settings.flatten = "#ffffff";
  EXPECT_TRUE(desk.write("a.flat", image).changed);
}

TEST(Outputs, AFileAndAFolderOfOneNameAreAConflict) {
  for (const bool file_first : {true, false}) {
    Desk desk;
    desk.writer.claim(file_first ? "x/a.jpg" : "x/a.jpg/y/b.jpg", "`result` of 1");
    const std::string hint = " (put ${photo.relpath} or another part that differs into `file:`)";
    EXPECT_EQ(desk.claim_error(file_first ? "x/a.jpg/y/b.jpg" : "x/a.jpg", "`result` of 2"),
              file_first ? "E612: `" + desk.folder.path("out/x/a.jpg/y/b.jpg") +
                               "` of `result` of 2 would lie in a file, which `result` of 1 writes" + hint
                         : "E612: `" + desk.folder.path("out/x/a.jpg") +
                               "` would be a folder, for `result` of 1, and a file, by `result` of 2" + hint);
    EXPECT_EQ(desk.claim_error("x/c.jpg", "`result` of 3"), "");
  }
}

TEST(Outputs, ALinkWithinTheFolderIsNoSecondFile) {
  Desk desk;
  desk.folder.write("out/k/other.txt", "x");
  std::filesystem::create_symlink("k", desk.folder.path("out/l"));
  desk.writer.claim("k/a.txt", "`result` of 1");
  EXPECT_EQ(desk.claim_error("l/a.txt", "`result` of 2").substr(0, 5), "E612:");
  EXPECT_EQ(desk.claim_error("l/b.txt", "`result` of 2"), "");
}

TEST(Outputs, AFileThatStaysIsClaimedByItsOwner) {
  Desk desk;
  desk.writer.claim_kept(desk.folder.path("out/a.txt"), "`result` of 1");
  EXPECT_EQ(desk.claim_error("a.txt", "`result` of 1"), "");
  EXPECT_EQ(desk.claim_error("a.txt", "`result` of 2").substr(0, 5), "E612:");
}

TEST(Outputs, NothingIsWrittenIntoTheStateDirectory) {
  Desk desk;
  desk.writer.keep_out_of(desk.folder.path("out/.pixgraph"));
  EXPECT_EQ(desk.claim_error(".pixgraph/x.txt"),
            "E611: the output file `.pixgraph/x.txt` would lie in the state "
            "directory " +
                desk.folder.path("out/.pixgraph") + " (choose another `file:`, --out or --state)");
  EXPECT_EQ(desk.claim_error(".pixgraphs/x.txt"), "");
  Desk within;  // --out below the state directory
  within.writer.keep_out_of(within.folder.path("."));
  EXPECT_EQ(within.claim_error("x.txt"), "");
}

TEST(Outputs, WhatIsNoFileIsNeverReplaced) {
  Desk desk(true);
  std::filesystem::create_directories(desk.folder.path("out/folder.txt"));
  ::mkfifo(desk.folder.path("out/pipe.txt").c_str(), 0600);
  desk.folder.write("out/d", "a file");
  const auto refusal = [&](const std::string& name) {
    const std::string checked = error_of([&] { desk.writer.check_untouched(desk.folder.path("out/" + name)); });
    EXPECT_EQ(error_of([&] { desk.write(name, Value("ours")); }), checked);
    return checked;
  };
  EXPECT_EQ(refusal("folder.txt"), "E614: `" + desk.folder.path("out/folder.txt") +
                                       "` is a folder, which no file takes the place of "
                                       "(move it away)");
  EXPECT_EQ(refusal("pipe.txt"), "E614: `" + desk.folder.path("out/pipe.txt") +
                                     "` is no ordinary file, and is not overwritten (move it away)");
  EXPECT_EQ(refusal("d/x/y.txt"), "E614: `" + desk.folder.path("out/d") + "` is no folder, so `" +
                                      desk.folder.path("out/d/x/y.txt") + "` cannot lie in it (move it away)");
  EXPECT_FALSE(desk.writer.is_as_written(desk.folder.path("out/pipe.txt"), "x"));
}

}  // namespace
}  // namespace pixgraph
