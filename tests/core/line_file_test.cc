#include "line_file.h"

#include <gtest/gtest.h>

#include <pixgraph/error.h>

#include <string>
#include <vector>

#include "support/fake_call.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

std::vector<std::string> lines_of(LineReader& reader) {
  std::vector<std::string> lines;
  reader.read([&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

TEST(LineFile, AReaderSeesWholeLinesAsTheyCome) {
  const test::TempFolder folder;
  LineFile file(folder.path("f"));
  LineReader reader(folder.path("f"));
  EXPECT_EQ(lines_of(reader), std::vector<std::string>());
  file.append("one\n\ntw");
  EXPECT_EQ(lines_of(reader), (std::vector<std::string>{"one", ""}));
  file.append("o\nthree\nfo");
  EXPECT_EQ(lines_of(reader), (std::vector<std::string>{"two", "three"}));
  EXPECT_EQ(lines_of(reader), std::vector<std::string>());
}

TEST(LineFile, LinesLongerThanAnyBufferStayWhole) {
  const test::TempFolder folder;
  const std::string line(300'000, 'x');
  LineFile file(folder.path("f"));
  file.append(line + "\n" + line + "y\n");
  LineReader reader(folder.path("f"));
  EXPECT_EQ(lines_of(reader), (std::vector<std::string>{line, line + "y"}));
}

TEST(LineFile, GoesOnAtTheEndOfAnExistingFile) {
  const test::TempFolder folder;
  LineFile(folder.path("f")).append("one\n");
  LineFile(folder.path("f")).append("two\n");
  EXPECT_EQ(folder.read("f"), "one\ntwo\n");
}

TEST(LineFile, ADiskThatIsFullStopsTheRun) {
  LineFile file("/dev/full");
  try {
    file.append("one\n");
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.stops_run());
    EXPECT_EQ(error.code() + ": " + error.message(), "E602: `/dev/full` cannot be written: No space left on device");
  }
}

TEST(LineFile, WhatIsNotThereCannotBeRead) {
  const test::TempFolder folder;
  EXPECT_EQ(test::error_of([&] { LineReader reader(folder.path("no")); }),
            "E601: `" + folder.path("no") + "` cannot be read: No such file or directory");
}

}  // namespace
}  // namespace pixgraph
