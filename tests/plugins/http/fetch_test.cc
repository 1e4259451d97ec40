// Fetch against an Http that answers from a list, and once against a real one.
#include "fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <deque>
#include <map>

#include "http.h"
#include "support/folder_sink.h"
#include "support/raw_server.h"

namespace pixgraph::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using testing::ElementsAre;

FilePtr file_named(const std::string& name) {
  auto file = std::make_shared<File>();
  file->name = name;
  return file;
}

/// Each call takes the next of `answers`; where there is none left, a file named after the URL comes.
class ListHttp : public Http {
 public:
  HttpResponse send(const HttpRequest&) override { throw std::logic_error("Fetch downloads only"); }
  Download download(const HttpRequest& request) override {
    asked.push_back(request);
    if (answers.empty()) return {{}, file_named(request.url)};
    const auto answer = answers.front();
    answers.pop_front();
    return answer();
  }
  void status(int code, std::string retry_after = "") {
    answers.emplace_back([=] {
      Download out;
      out.response.status = code;
      if (!retry_after.empty()) out.response.headers.emplace_back("Retry-After", retry_after);
      return out;
    });
  }
  void fails(std::string code) {
    answers.emplace_back([=]() -> Download { throw HttpError(code, "it broke", HttpError::Sent::maybe); });
  }
  std::deque<std::function<Download()>> answers;
  std::vector<HttpRequest> asked;
};

class FakeHost : public Host {
 public:
  explicit FakeHost(Http& the_http) : http_(the_http) {}
  Http& http() override { return http_; }
  FilePtr saved(std::string_view url) override {
    const auto found = store.find(std::string(url));
    return found == store.end() ? nullptr : found->second;
  }
  FilePtr save(std::span<const std::uint8_t>, std::string, std::string) override { return nullptr; }
  ImagePtr decode(const File&) override { return nullptr; }
  Bytes encode(const Image&, std::string_view, const EncodeRequest&) override { return {}; }
  std::string hash(std::span<const std::uint8_t>) override { return {}; }
  std::string pixel_hash(const Image&) override { return {}; }
  std::string environment(const std::string&) override { return {}; }
  std::map<std::string, FilePtr> store;

 private:
  Http& http_;
};

class FakeCall : public Call {
 public:
  FakeCall(Host& the_host, Value url, int deadline_s = 300) : host_(the_host) {
    values_["url"] = std::move(url);
    values_["deadline"] = Value(deadline_s);
  }
  Host& host() override { return host_; }
  const Value& value(std::string_view name) const override { return values_.at(std::string(name)); }
  void set(std::string_view output, Value value) override { outputs[std::string(output)] = std::move(value); }
  void warn(std::string) override {}
  bool canceled() const override { return true; }
  Reach reach(std::string_view input) const override { return input == "url" ? url_reach : Call::reach(input); }
  Reach url_reach = Reach::anywhere;
  std::map<std::string, Value> outputs;

 private:
  Host& host_;
  std::map<std::string, Value> values_;
};

class FetchTest : public testing::Test {
 protected:
  std::vector<std::string> fetched(Value url, int deadline_s = 300) {
    FakeCall call(host, std::move(url), deadline_s);
    http::fetch(call, [this](milliseconds time) { waits.push_back(time); });
    std::vector<std::string> names;
    for (const Value& one : *call.outputs.at("files").list()) names.push_back(one.file()->name);
    EXPECT_EQ(call.outputs.at("file").file()->name, names.at(0));
    return names;
  }
  Error refused(Value url, int deadline_s = 300) {
    try {
      fetched(std::move(url), deadline_s);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "not refused";
    return Error("", "");
  }
  ListHttp net;
  FakeHost host{net};
  std::vector<milliseconds> waits;
};

TEST_F(FetchTest, TakesOneUrlOrAList) {
  EXPECT_THAT(fetched("https://h/a.png"), ElementsAre("https://h/a.png"));
  EXPECT_THAT(fetched(List{" http://h/a\n", "HTTPS://h/b", "data:,x"}),
              ElementsAre("http://h/a", "HTTPS://h/b", "data:,x"));
  EXPECT_EQ(net.asked.at(0).max_redirects, 10);
  EXPECT_EQ(net.asked.at(0).max_bytes, 10ull << 30);
  EXPECT_EQ(net.asked.at(0).authorization, "");
  EXPECT_LE(net.asked.at(0).deadline, 300s);
  EXPECT_GT(net.asked.at(0).deadline, 299s);
}

TEST_F(FetchTest, GoesWhereTheCallSaysThatItsUrlMayLead) {
  for (const Reach reach : {Reach::anywhere, Reach::public_only}) {
    FakeCall call(host, "https://h/a.png");
    call.url_reach = reach;
    http::fetch(call, [](milliseconds) {});
    EXPECT_EQ(net.asked.back().reach, reach);
  }
}

TEST_F(FetchTest, AsksForNothingThatIsInTheStore) {
  host.store["https://replicate.delivery/x/out.png"] = file_named("out.png");
  EXPECT_THAT(fetched("https://replicate.delivery/x/out.png"), ElementsAre("out.png"));
  EXPECT_TRUE(net.asked.empty());
}

TEST_F(FetchTest, RefusesWhatIsNoUrl) {
  EXPECT_EQ(refused("cat").code(), "E208");
  EXPECT_EQ(refused("cat").message(), "Fetch needs a URL, and got `cat`");
  EXPECT_EQ(refused("cat").hint(), "a URL starts with https://, http:// or data:");
  EXPECT_EQ(refused("ftp://h/x").message(), "Fetch needs a URL, and got `ftp://h/x`");
  EXPECT_EQ(refused(" ").message(), "Fetch needs a URL, and got an empty text");
  EXPECT_EQ(refused(List{}).message(), "Fetch needs a URL, and got an empty list");
  EXPECT_EQ(refused(List{"https://h/a", "cat"}).message(), "Fetch needs a URL, and got `cat`");
  EXPECT_TRUE(net.asked.empty());
}

TEST_F(FetchTest, AnErrorStatusIsSaidWithoutTheSignature) {
  net.status(404);
  const Error error = refused("https://h/x.png?X-Amz-Signature=abc");
  EXPECT_EQ(error.code(), "E210");
  EXPECT_EQ(error.message(), "https://h/x.png?X-Amz-Signature=... answered 404 Not Found");
  EXPECT_EQ(error.hint(), "links to a model's output live for one hour");
  net.status(599);
  net.status(599);
  net.status(599);
  net.status(599);
  EXPECT_EQ(refused("https://h/x").message(), "https://h/x answered 599");
}

TEST_F(FetchTest, TriesAgainWithLongerWaits) {
  net.fails("E204");
  net.status(503);
  net.status(408);
  EXPECT_THAT(fetched("https://h/x"), ElementsAre("https://h/x"));
  EXPECT_THAT(waits, ElementsAre(500ms, 1000ms, 2000ms));
}

TEST_F(FetchTest, GivesUpAfterThreeRetries) {
  for (int i = 0; i < 4; ++i) net.fails("E202");
  EXPECT_EQ(refused("https://h/x").code(), "E202");
  EXPECT_EQ(net.asked.size(), 4u);
}

TEST_F(FetchTest, WaitsAsLongAsTheServerAsks) {
  net.status(429, "7");
  const time_t later = ::time(nullptr) + 20;
  char date[64];
  tm parts{};
  ::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", ::gmtime_r(&later, &parts));
  net.status(503, date);
  net.status(503, "soon");
  fetched("https://h/x");
  ASSERT_EQ(waits.size(), 3u);
  EXPECT_EQ(waits[0], 7s);
  EXPECT_GE(waits[1], 18s);
  EXPECT_LE(waits[1], 20s);
  EXPECT_EQ(waits[2], 2s);
}

TEST_F(FetchTest, DoesNotWaitBeyondReason) {
  net.status(429, "3600");
  EXPECT_EQ(refused("https://h/x").message(), "https://h/x answered 429 Too Many Requests");
  net.status(429, "7");
  EXPECT_EQ(refused("https://h/x", 5).code(), "E210");
  EXPECT_TRUE(waits.empty());
}

TEST_F(FetchTest, DoesNotRepeatWhatCannotPass) {
  for (const char* code : {"E203", "E205", "E206", "E207", "E208", "E209", "E211"}) {
    net.asked.clear();
    net.fails(code);
    EXPECT_EQ(refused("https://h/x").code(), code);
    EXPECT_EQ(net.asked.size(), 1u) << code;
  }
}

TEST_F(FetchTest, ARunThatIsBeingEndedDoesNotWait) {
  struct Keeper : Registrar {
    void add(Spec the_spec, RunFunction the_run) override {
      spec = std::move(the_spec);
      run = std::move(the_run);
    }
    void add(Spec, std::shared_ptr<const RemoteNode>) override {}
    void add(Codec) override {}
    Spec spec;
    RunFunction run;
  } keeper;
  http::add_fetch(keeper);
  EXPECT_EQ(keeper.spec.pool, Pool::net);
  EXPECT_EQ(keeper.spec.cost, Cost::remote);
  EXPECT_FALSE(keeper.spec.parameter("deadline")->in_key);
  net.status(503);
  FakeCall call(host, "https://h/x");
  try {
    keeper.run(call);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "E901");
  }
}

TEST_F(FetchTest, WorksWithTheRealClient) {
  RawServer server([](RawConnection& peer) {
    for (std::string head; !(head = peer.read_request()).empty();) {
      if (head.starts_with("GET /out.png"))
        peer.answer("", "Location: /store/1.png\r\n", "302 Found");
      else if (peer.server().requests().size() == 2)
        peer.answer("busy", "", "503 Service Unavailable");
      else
        peer.answer("picture", "Content-Type: image/png\r\n");
    }
  });
  FolderSink sink;
  HttpOptions options;
  options.downloads = &sink;
  options.proxies = {};
  HttpClient client(options);
  FakeHost real(client);
  FakeCall call(real, List{server.url("/out.png"), "data:image/png;base64,aGk="});
  http::fetch(call, [](milliseconds) {});
  const List& files = *call.outputs.at("files").list();
  EXPECT_EQ(files.at(0).file()->name, "1.png");
  EXPECT_EQ(FolderSink::content(*files.at(0).file()), "picture");
  EXPECT_EQ(FolderSink::content(*files.at(1).file()), "hi");
  EXPECT_EQ(server.requests().size(), 4u);
}

}  // namespace
}  // namespace pixgraph::test
