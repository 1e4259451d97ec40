#include "hash.h"

#include <gtest/gtest.h>

#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

TEST(Hash, IsSha256) {
  EXPECT_EQ(sha256(std::string_view("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256(std::string_view("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 parts;
  parts.add(std::string_view("a"));
  parts.add(std::string_view("bc"));
  EXPECT_EQ(parts.hex(), sha256(std::string_view("abc")));
}

TEST(Hash, OfAFileIsThatOfItsContent) {
  const test::TempFolder folder;
  const std::string content(1'000'000, 'z');
  EXPECT_EQ(sha256_file(folder.write("big", content)), sha256(std::string_view(content)));
  EXPECT_EQ(test::error_of([] { sha256_file("/no/such/file"); }),
            "E601: `/no/such/file` cannot be read: No such file or directory");
  EXPECT_EQ(test::error_of([&] { sha256_file(folder.path()); }),
            "E601: `" + folder.path() + "` cannot be read: Is a directory");
}

TEST(Hash, RandomNamesDoNotMeet) {
  EXPECT_EQ(random_hex(12).size(), 24u);
  EXPECT_NE(random_hex(12), random_hex(12));
}

}  // namespace
}  // namespace pixgraph
