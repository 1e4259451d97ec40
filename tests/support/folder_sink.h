// FolderSink: a DownloadSink that keeps files in a folder of its own, which is removed with it.
#pragma once

#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "http.h"

namespace pixgraph::test {

class FolderSink : public DownloadSink {
 public:
  FolderSink() {
    char name[] = "/tmp/pixgraph_sink.XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~FolderSink() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string open_temp() override { return folder_ + "/temp" + std::to_string(next_++); }
  FilePtr commit(const std::string& temp, const Downloaded& what) override {
    auto file = std::make_shared<File>();
    file->path = folder_ + "/" + what.hash;
    file->name = file->relpath = what.name;
    file->media_type = what.media_type;
    file->hash = what.hash;
    file->size = what.size;
    std::filesystem::rename(temp, file->path);
    return file;
  }
  /// Files in the folder: finished ones and what was left behind.
  int files() const {
    return static_cast<int>(
        std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()));
  }
  static std::string content(const File& file) {
    std::ifstream in(file.path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::string folder_;
  std::atomic<int> next_{0};
};

}  // namespace pixgraph::test
