#include "host.h"

#include <gtest/gtest.h>

#include "hash.h"
#include "support/fake_host.h"
#include "support/temp_folder.h"
#include "support/test_codec.h"

namespace pixgraph {
namespace {

TEST(Host, APictureIsDecodedOnceForItsHash) {
  const test::TempFolder folder;
  Registry registry;
  test::add_codecs(registry, {test::test_codec()});
  const Codecs codecs(registry);
  Store store(real_disk(), folder.path("store"));
  test::FakeHttp http(store);
  Redactor redactor;
  Index index(folder.path("state"));
  RunHost host(http, store, codecs, redactor, &index);
  File file;
  file.path = folder.write("car.timg", std::string("TIMG\x05\x03\x01\0", 8) + std::string(15, 'x'));
  file.name = "car.timg";
  file.hash = sha256_file(file.path);
  const std::string pixels = host.pixel_hash(*host.decode(file));
  EXPECT_EQ(host.picture_hash(file), pixels);
  EXPECT_EQ(index.pixels(file.hash), pixels);
  folder.write("car.timg", "no picture any more");  // of which nothing is read: the content hash is known
  EXPECT_EQ(host.picture_hash(file), pixels);
  EXPECT_THROW(RunHost(http, store, codecs, redactor).picture_hash(file), Error);
}

TEST(Host, AUrlThatTwoPredictionsShareIsOfTheItemsOwnFile) {
  const test::TempFolder folder;
  Registry registry;
  const Codecs codecs(registry);
  Store store(real_disk(), folder.path("store"));
  test::FakeHttp http(store);
  Redactor redactor;
  RunHost host(http, store, codecs, redactor);
  ItemHost one(host), two(host), none(host);
  one.remember("https://s/out.png", host.save(std::vector<std::uint8_t>{'1'}, "one", "image/png"));
  two.remember("https://s/out.png", host.save(std::vector<std::uint8_t>{'2'}, "two", "image/png"));
  EXPECT_EQ(one.saved("https://s/out.png")->name, "one");
  EXPECT_EQ(two.saved("https://s/out.png")->name, "two");
  EXPECT_EQ(none.saved("https://s/out.png")->name, "two");
  EXPECT_EQ(one.saved("https://s/other.png"), nullptr);
}

}  // namespace
}  // namespace pixgraph
