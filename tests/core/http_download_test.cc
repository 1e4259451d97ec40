// download(): what reaches the store, under which name, and what is left behind when it fails.
#include <gtest/gtest.h>

#include "http.h"
#include "http_download.h"
#include "support/folder_sink.h"
#include "support/raw_server.h"

namespace pixgraph::test {
namespace {

using namespace std::chrono_literals;

class HttpDownloadTest : public testing::Test {
 protected:
  static HttpOptions options(DownloadSink& sink) {
    HttpOptions out;
    out.downloads = &sink;
    out.proxies = {};
    return out;
  }
  Http::Download download(const std::string& url, std::uint64_t max_bytes = 10ull << 30) {
    HttpRequest request;
    request.url = url;
    request.max_bytes = max_bytes;
    request.deadline = 5s;
    return client.download(request);
  }
  FolderSink sink;
  HttpClient client{options(sink)};
};

TEST_F(HttpDownloadTest, StoresTheBodyWithItsHash) {
  const std::string body = std::string("\x89PNG\r\n\x1a\n", 8) + std::string(1'000'000, 'p');
  RawServer server([&](RawConnection& peer) {
    while (!peer.read_request().empty()) peer.answer(body, "Content-Type: application/octet-stream\r\n");
  });
  for (int i = 0; i < 2; ++i) {
    const Http::Download got = download(server.url("/out/car%201.png?X-Amz-Signature=abc"));
    EXPECT_EQ(got.response.status, 200);
    EXPECT_EQ(got.response.body, "");
    ASSERT_TRUE(got.file);
    EXPECT_EQ(got.file->name, "car 1.png");
    EXPECT_EQ(got.file->media_type, "image/png");
    EXPECT_EQ(got.file->size, body.size());
    EXPECT_EQ(got.file->hash, "af649222535422f469aaa40a4ffa1a9766dec433927a835c2392198ecc48e52a");
    EXPECT_EQ(FolderSink::content(*got.file), body);
  }
  EXPECT_EQ(sink.files(), 1);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpDownloadTest, AnErrorStatusHasTextAndNoFile) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.answer(std::string(100'000, 'e'), "", "403 Forbidden");
  });
  const Http::Download got = download(server.url());
  EXPECT_EQ(got.response.status, 403);
  EXPECT_FALSE(got.file);
  EXPECT_EQ(got.response.body.size(), 65536u);
  EXPECT_EQ(sink.files(), 0);
}

TEST_F(HttpDownloadTest, NothingIsLeftOfATruncatedBody) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(300, 'x'));
  });
  try {
    download(server.url("/x.png"));
    ADD_FAILURE();
  } catch (const HttpError& error) {
    EXPECT_EQ(error.message(), "the answer from " + server.url("/x.png") + " ended after 300 of 1000 bytes");
  }
  EXPECT_EQ(sink.files(), 0);
}

TEST_F(HttpDownloadTest, NothingIsLeftOfATooLargeBody) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n" + std::string(300'000, 'x'));
  });
  try {
    download(server.url(), 1 << 17);
    ADD_FAILURE();
  } catch (const HttpError& error) {
    EXPECT_EQ(error.code(), "E205");
  }
  EXPECT_EQ(sink.files(), 0);
}

TEST_F(HttpDownloadTest, AFullDiskStopsTheRun) {
  // A link to the device, because a temporary file that failed is removed.
  struct FullSink : FolderSink {
    std::string open_temp() override {
      path = FolderSink::open_temp();
      std::filesystem::create_symlink("/dev/full", path);
      return path;
    }
    std::string path;
  } full;
  HttpClient unlucky(options(full));
  HttpRequest request;
  request.url = "data:,hello";
  try {
    unlucky.download(request);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E213");
    EXPECT_EQ(error.message(), "cannot write `" + full.path + "`: No space left on device");
    EXPECT_EQ(error.hint(), "make room on the disk, then run again");
    EXPECT_TRUE(error.stops_run());
  }
}

TEST_F(HttpDownloadTest, ADataUriIsStoredWithoutAnyRequest) {
  const Http::Download got = download("data:image/gif;base64,R0lGODlhAQABAAAAACw=");
  EXPECT_EQ(got.response.status, 200);
  EXPECT_EQ(got.file->name, "download.gif");
  EXPECT_EQ(got.file->media_type, "image/gif");
  EXPECT_EQ(FolderSink::content(*got.file), std::string("GIF89a\x01\0\x01\0\0\0\0,", 14));
}

TEST_F(HttpDownloadTest, AnEmptyBodyIsAFile) {
  RawServer server([](RawConnection& peer) {
    peer.read_request();
    peer.answer("");
  });
  const Http::Download got = download(server.url("/empty.txt"));
  EXPECT_EQ(got.file->size, 0u);
  EXPECT_EQ(got.file->hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DownloadName, ComesFromTheHeaderOrTheUrl) {
  const auto name = [](const char* header, const char* url, const char* type = "image/png") {
    return download_name(header, url, type);
  };
  EXPECT_EQ(name("attachment; filename=\"a b.png\"", "http://h/x.jpg"), "a b.png");
  EXPECT_EQ(name("attachment; filename=plain.png; size=3", "http://h/x.jpg"), "plain.png");
  EXPECT_EQ(name("attachment; filename=\"a.png\"; filename*=UTF-8''%E2%82%AC%20rates.png", "http://h/"),
            "\u20ac rates.png");
  EXPECT_EQ(name("attachment; filename=\"quo\\\"te;.png\"", "http://h/"), "quo\"te;.png");
  EXPECT_EQ(name("attachment; filename=\"../../etc/passwd\"", "http://h/"), "passwd");
  EXPECT_EQ(name("attachment; filename=\"C:\\\\dir\\\\photo.png\"", "http://h/"), "photo.png");
  EXPECT_EQ(name("inline", "http://h/a/out%2Fb.png?x=/y"), "b.png");
  EXPECT_EQ(name("", "http://h/a/"), "download.png");
  EXPECT_EQ(name("", "http://h"), "download.png");
  EXPECT_EQ(name("", "http://h/..", "x/y"), "download");
}

TEST(SafeFileName, KeepsLettersAndNothingDangerous) {
  EXPECT_EQ(safe_file_name("photo.png"), "photo.png");
  EXPECT_EQ(safe_file_name("..hidden"), "hidden");
  EXPECT_EQ(safe_file_name("a\nb\x1b[31m\x7f.png"), "ab[31m.png");
  EXPECT_EQ(safe_file_name("bad\xff\xc0\x80.png"), "bad___.png");
  EXPECT_EQ(safe_file_name("/"), "");
  const std::string long_name = safe_file_name(std::string(198, 'x') + "\u20ac" + std::string(50, 'y') + ".jpeg");
  EXPECT_EQ(long_name, std::string(195, 'x') + ".jpeg");
  std::string euros;
  for (int i = 0; i < 100; ++i) euros += "\u20ac";
  EXPECT_EQ(safe_file_name(euros + ".png").size(), 195u + 4u);
}

TEST(MediaType, IsToldByContentWhereItCanBe) {
  EXPECT_EQ(media_type_of(std::string_view("RIFF\0\0\0\0WEBPVP8 ", 16), "application/octet-stream"), "image/webp");
  EXPECT_EQ(media_type_of("\xff\xd8\xff\xe0", "image/png"), "image/jpeg");
  EXPECT_EQ(media_type_of("GIF89a", ""), "image/gif");
  EXPECT_EQ(media_type_of(std::string_view("\0\0\0\x18"
                                           "ftypisom\0\0\0\0",
                                           16),
                          "binary/octet-stream"),
            "video/mp4");
  EXPECT_EQ(media_type_of(std::string_view("\0\0\0\x18"
                                           "ftypavif\0\0\0\0",
                                           16),
                          "image/avif"),
            "image/avif");
  EXPECT_EQ(media_type_of("{}", "Application/JSON; charset=utf-8"), "application/json");
  EXPECT_EQ(media_type_of("abc", ""), "application/octet-stream");
  EXPECT_EQ(media_type_of("abc", "nonsense"), "application/octet-stream");
}

}  // namespace
}  // namespace pixgraph::test
