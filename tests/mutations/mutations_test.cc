// Files of every format that is read, damaged in thousands of ways, through the codecs as a run uses them: a picture or
// an Error about the file each time, never a crash, a hang or memory without end.
//
// Mutant N is the same on every machine. PIXGRAPH_FUZZ=all makes 5,000 of them, PIXGRAPH_FUZZ=N number N only.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "codec.h"
#include "plugins.h"
#include "registry.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

namespace fs = std::filesystem;

constexpr int kFew = 300, kAll = 5000;
constexpr int kSeconds = 10;                     // for one file
constexpr std::uint64_t kMaxPixels = 4'000'000;  // 64 MB at the most, as four floats
constexpr long kMemory = 400 << 10;              // kB that the process may ever have taken: libraries, a picture
constexpr std::uint64_t kAddressSpace = 4ull << 30;

struct Seed {
  std::string name, bytes;
};

const std::vector<Seed>& seeds() {
  static const std::vector<Seed> all = [] {
    std::vector<Seed> found;
    for (const auto& entry : fs::directory_iterator(PIXGRAPH_SEEDS)) {
      std::ifstream in(entry.path(), std::ios::binary);
      found.push_back({entry.path().filename().string(), {std::istreambuf_iterator<char>(in), {}}});
    }
    std::sort(found.begin(), found.end(), [](const Seed& a, const Seed& b) { return a.name < b.name; });
    return found;
  }();
  return all;
}

const Seed& seed_of(int number) {
  return seeds()[static_cast<std::size_t>(number) % seeds().size()];
}

/// What damage looks like: single bits, wild numbers in headers, what is missing, doubled, or of another file.
std::string mutant(int number) {
  std::mt19937 random(static_cast<unsigned>(number));
  const auto below = [&](std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(random()) % count; };
  std::string bytes = seed_of(number).bytes;
  const std::size_t changes = 1 + below(4);
  for (std::size_t change = 0; change < changes && !bytes.empty(); ++change) {
    // Headers decide more than pixels do.
    const std::size_t at = below(random() % 2 ? bytes.size() : std::min<std::size_t>(bytes.size(), 128));
    switch (below(8)) {
      case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
      case 1: bytes[at] = static_cast<char>(random()); break;
      case 2: {
        static const std::vector<std::string> wild = {std::string(4, '\0'),   std::string(4, '\xff'),
                                                      "\x7f\xff\xff\xff",     "\xff\xff\xff\x7f",
                                                      std::string(2, '\xff'), std::string("\0\1", 2)};
        const std::string& with = wild[below(wild.size())];
        bytes.replace(at, std::min(with.size(), bytes.size() - at), with);
        break;
      }
      case 3: bytes.resize(at); break;
      case 4: bytes.erase(at, 1 + below(64)); break;
      case 5: bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(256))); break;
      case 6: {
        const std::string& other = seeds()[below(seeds().size())].bytes;
        bytes.replace(at, 1 + below(64), other.substr(below(other.size()), 1 + below(64)));
        break;
      }
      case 7:
        for (std::size_t i = at; i < std::min(bytes.size(), at + 1 + below(32)); ++i)
          bytes[i] = static_cast<char>(random());
        break;
    }
  }
  return bytes;
}

const Codecs& codecs() {
  static const Registry* registry = [] {
    auto* made = new Registry;
    load_registry(*made, find_plugins({PIXGRAPH_PLUGIN_FOLDER}));
    return made;
  }();
  static const Codecs all(*registry, kMaxPixels);
  return all;
}

/// Empty where it went as it must.
std::string look_at(const File& file, const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    if (!error.code().starts_with("E3")) return error.code() + ": " + error.message();
    return error.where() == file.name ? "" : "an error without the file's name: " + error.message();
  } catch (const std::exception& other) {
    return std::string("an exception that is no Error: ") + other.what();
  }
  return "";
}

std::string decode_mutant(int number, const std::string& folder) {
  File file;
  file.name = "mutant-" + std::to_string(number);
  file.path = folder + "/" + file.name;
  std::ofstream(file.path, std::ios::binary) << mutant(number);
  ImagePtr image;
  std::string wrong = look_at(file, [&] { codecs().header(file); });
  if (wrong.empty()) wrong = look_at(file, [&] { image = codecs().decode(file); });
  if (wrong.empty() && image && static_cast<std::uint64_t>(image->width()) * image->height() > kMaxPixels)
    wrong = "a picture over the limit";
  if (wrong.empty()) wrong = look_at(file, [&] { codecs().decode(file, 1, 1); });
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  if (wrong.empty() && used.ru_maxrss > kMemory) wrong = std::to_string(used.ru_maxrss >> 10) + " MB of memory";
  if (wrong.empty()) fs::remove(file.path);
  return wrong;
}

/// What a child tells, also when it is ended in the middle.
struct Told {
  std::atomic<int> next = 0;
  char wrong[1000] = "";
};

/// Decodes until one goes wrong.
[[noreturn]] void work(Told& told, int end, const std::string& folder) {
  const rlimit space{kAddressSpace, kAddressSpace}, none{0, 0};
  ::setrlimit(RLIMIT_AS, &space);
  ::setrlimit(RLIMIT_CORE, &none);
  std::freopen("/dev/null", "w", stderr);  // libraries complain there
  for (; told.next < end; ++told.next) {
    const itimerval of_work{{}, {kSeconds, 0}};  // its own time: the machine may be busy
    ::setitimer(ITIMER_PROF, &of_work, nullptr);
    ::alarm(12 * kSeconds);
    const std::string wrong = decode_mutant(told.next, folder);
    if (wrong.empty()) continue;
    wrong.copy(told.wrong, sizeof told.wrong - 1);
    break;
  }
  ::_exit(0);
}

TEST(Mutations, APictureOrAnErrorEachTime) {
  const char* wanted = std::getenv("PIXGRAPH_FUZZ");
  const bool one = wanted && *wanted >= '0' && *wanted <= '9';
  const int first = one ? std::atoi(wanted) : 0;
  const int end = one ? first + 1 : wanted && std::string(wanted) == "all" ? kAll : kFew;
  ASSERT_GE(seeds().size(), 20u);
  std::set<std::string> formats;  // a seed that no codec reads tries nothing
  for (const Seed& seed : seeds()) {
    const CodecInfo* codec =
        codecs().of_content({reinterpret_cast<const std::uint8_t*>(seed.bytes.data()), seed.bytes.size()});
    if (codec) formats.insert(codec->name);
  }
  EXPECT_GE(formats.size(), 12u);
  const test::TempFolder folder;
  void* shared = ::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  Told& told = *new (shared) Told;
  for (told.next = first; told.next < end; ++told.next) {
    told.wrong[0] = '\0';
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) work(told, end, folder.path());
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (told.next >= end) break;
    std::string wrong = told.wrong;
    if (WIFSIGNALED(status))
      wrong = WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGPROF
                  ? "it took more than 10 s"
                  : "it ended by signal " + std::to_string(WTERMSIG(status));
    const fs::path kept = fs::temp_directory_path() / ("pixgraph-mutant-" + std::to_string(told.next));
    std::ofstream(kept, std::ios::binary) << mutant(told.next);
    ADD_FAILURE() << "mutant " << told.next << " of " << seed_of(told.next).name << ": " << wrong << "; it is kept as "
                  << kept;
  }
  ::munmap(shared, sizeof(Told));
}

}  // namespace
}  // namespace pixgraph
