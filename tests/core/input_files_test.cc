#include "input_files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using test::error_of;
using test::TempFolder;

TEST(InputFiles, NamesAreOrderedAsPeopleCount) {
  EXPECT_TRUE(natural_less("img2", "img10"));
  EXPECT_FALSE(natural_less("img10", "img2"));
  EXPECT_TRUE(natural_less("a", "b"));
  EXPECT_TRUE(natural_less("a", "a1"));
  EXPECT_TRUE(natural_less("1a2", "1a10"));
  EXPECT_TRUE(natural_less("x99999999999999999999999998", "x99999999999999999999999999"));
  EXPECT_FALSE(natural_less("a", "a"));
  EXPECT_NE(natural_less("01", "1"), natural_less("1", "01"));
}

TEST(InputFiles, NaturalOrderIsAnOrder) {
  const std::vector<std::string> all = {"",    "0",   "00",   "1",  "01",  "10", "2",  "a",   "a0", "a1",
                                        "a01", "a1b", "a01b", "a2", "a10", "b",  "1a", "01a", "-",  "\xc3\xa9"};
  for (const auto& a : all)
    for (const auto& b : all) {
      EXPECT_EQ(natural_less(a, b) || natural_less(b, a), a != b) << a << " " << b;
      for (const auto& c : all)
        if (natural_less(a, b) && natural_less(b, c)) {
          EXPECT_TRUE(natural_less(a, c)) << a << " " << b << " " << c;
        }
    }
}

TEST(InputFiles, AFileHasItsNamesAndItsSize) {
  const TempFolder folder;
  InputFiles files({folder.path("out"), folder.path("not there")});
  const FilePtr file = files.file(folder.write("p/a.jpg", "four"), "p/a.jpg");
  EXPECT_EQ(file->path, folder.path("p/a.jpg"));
  EXPECT_EQ(file->name, "a.jpg");
  EXPECT_EQ(file->relpath, "p/a.jpg");
  EXPECT_EQ(file->size, 4u);
  EXPECT_EQ(error_of([&] { files.file(folder.path("p"), "p"); }), "E601: `" + folder.path("p") + "` is not a file");
  EXPECT_EQ(error_of([&] { files.file(folder.path("p/a.jpg/b"), "b"); }),
            "E601: `" + folder.path("p/a.jpg/b") + "` is not there");
}

TEST(InputFiles, NoLinkLeadsAroundWhatIsKept) {
  const TempFolder folder;
  folder.write("out/sub/a.jpg", "x");
  std::filesystem::create_symlink(folder.path("out/sub"), folder.path("elsewhere"));
  InputFiles files({folder.path("out")});
  EXPECT_TRUE(files.is_kept(folder.path("out")));
  EXPECT_TRUE(files.is_kept(folder.path("elsewhere")));
  EXPECT_FALSE(files.is_kept(folder.path()));
  EXPECT_EQ(error_of([&] { files.file(folder.path("elsewhere/a.jpg"), "a.jpg"); }).substr(0, 5), "E625:");
}

TEST(InputFiles, WhatIsLeftOutIsCounted) {
  const TempFolder folder;
  for (const char* name : {"p/a.jpg", "p/b.JPEG", "p/c.txt", "p/.d.jpg", "p/.e/f.jpg", "p/none"})
    folder.write(name, "x");
  std::filesystem::create_directory_symlink(folder.path("p"), folder.path("p/again"));
  int skipped = 0;
  InputFiles files({});
  std::string names;
  for (const auto& one : files.images_of(folder.path("p"), skipped)) names += one.relpath + " ";
  EXPECT_EQ(names, "a.jpg b.JPEG ");
  EXPECT_EQ(skipped, 2);  // what is hidden is not counted
  EXPECT_EQ(error_of([&] { files.images_of(folder.path("nowhere"), skipped); }),
            "E601: `" + folder.path("nowhere") + "` cannot be read: No such file or directory");
}

TEST(InputFiles, TheBaseOfAPatternEndsBeforeItsFirstWildcard) {
  EXPECT_EQ(glob_base("a/b*/c"), "a/");
  EXPECT_EQ(glob_base("*.jpg"), "");
  EXPECT_EQ(glob_base("/a/b/[x]"), "/a/b/");
  EXPECT_TRUE(is_glob("a?"));
  EXPECT_FALSE(is_glob("a/b.jpg"));
}

}  // namespace
}  // namespace pixgraph
