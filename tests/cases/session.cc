#include "session.h"

#include <fnmatch.h>
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "event_schema.h"

namespace cases {

namespace fs = std::filesystem;
using std::runtime_error;

static constexpr std::chrono::seconds kLimit(60);

Session::Session() {
  std::string pattern = (fs::temp_directory_path() / "pixgraph-case-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw runtime_error("no temporary folder can be made");
  top_ = fs::canonical(pattern).string();
  folder_ = top_ + "/work";
  scratch_ = top_ + "/scratch";  // outputs of programs: not where their files are looked for
  fs::create_directories(folder_);
  fs::create_directories(scratch_);
  environment_ = clean_environment(top_);
}

Session::~Session() {
  running_.reset();
  sandbox_.reset();
  std::error_code ignored;
  fs::remove_all(top_, ignored);
}

std::string Session::path(const std::string& name) const {
  return name.starts_with("/") ? name : folder_ + "/" + name;
}

std::vector<std::string> Session::program(const std::vector<std::string>& words, std::size_t from) const {
  std::vector<std::string> all(words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
  if (all.empty() || all[0] != "pixgraph") throw runtime_error("a command begins with `pixgraph`");
  all[0] = PIXGRAPH_PROGRAM;
  return all;
}

void Session::need_exit() {
  if (!exit_checked_) throw runtime_error("`exit` is missing after: " + last_command_);
}

void Session::start(const Line& line, std::size_t from) {
  need_exit();
  last_command_ = line.rest;
  running_ = std::make_unique<Process>(program(line.words, from), folder_, environment_, scratch_,
                                       "run-" + std::to_string(++started_));
  exit_checked_ = false;
}

void Session::finish() {
  if (!running_) return;
  last_ = running_->wait(kLimit);
  running_.reset();
}

void Session::start_sandbox(const Line& line) {
  sandbox_.reset();
  std::vector<std::string> words = {PIXGRAPH_PROGRAM, "sandbox", "--port", "0"};
  words.insert(words.end(), line.words.begin() + 1, line.words.end());
  sandbox_ = std::make_unique<Process>(words, folder_, environment_, scratch_, "sandbox-" + std::to_string(++started_));
  std::string first;
  for (int i = 0; i < 3000 && first.find('\n') == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    first = sandbox_->out();
  }
  const std::string base = first.substr(0, first.find('\n')), prefix = "http://127.0.0.1:";
  if (!base.starts_with(prefix))
    throw runtime_error("the sandbox does not say its base URL: " + first + sandbox_->err());
  sandbox_port_ = std::stoi(base.substr(prefix.size()));
  environment_["REPLICATE_BASE_URL"] = base;
}

long Session::asked(const std::string& what) const {
  const std::string stats = http_get(sandbox_port_, "/sandbox/stats"), name = "\"" + what + "\":";
  if (stats.find("\"creates\":") == std::string::npos) throw runtime_error("the sandbox gives no stats: " + stats);
  const std::size_t at = stats.find(name);
  return at == std::string::npos ? 0 : std::stol(stats.substr(at + name.size()));
}

/// `await FILE N TEXT`: until the text occurs N times in the file.
void Session::await(const Line& line) {
  const std::string file = path(line.words.at(1)), text = line.words.at(3);
  const int wanted = std::stoi(line.words.at(2));
  int found = 0;
  for (int i = 0; i < 6000; ++i) {
    const std::string now = read_file(file);
    found = 0;
    for (std::size_t at = now.find(text); at != std::string::npos; at = now.find(text, at + 1)) ++found;
    if (found >= wanted) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  throw runtime_error("`" + text + "` occurs " + std::to_string(found) + " times in " + line.words[1] +
                      (running_ ? "\n" + running_->err() : ""));
}

void Session::check_text(const Line& line, const std::string& text) {
  if (line.words.size() == 1) {
    const std::string wrong = mismatch(line.block, text);
    if (!wrong.empty()) throw runtime_error(line.words[0] + ": " + wrong + "\nit is\n" + text);
    return;
  }
  const bool wanted = line.words[1] == "has";
  if (!wanted && line.words[1] != "lacks")
    throw runtime_error("`" + line.words[0] + "` is followed by has, lacks or a block");
  const std::string what = line.words.at(2);
  if ((text.find(what) != std::string::npos) != wanted)
    throw runtime_error(line.words[0] + (wanted ? " lacks `" : " has `") + what + "`; it is\n" + text);
}

void Session::check_nowhere(const std::string& text) const {
  for (const auto& entry : fs::recursive_directory_iterator(top_)) {
    if (entry.path().string().find(text) != std::string::npos)
      throw runtime_error("the name of " + entry.path().string() + " has `" + text + "`");
    if (entry.is_regular_file() && read_file(entry.path().string()).find(text) != std::string::npos)
      throw runtime_error(entry.path().string() + " has `" + text + "`");
  }
}

static int count_files(const std::string& folder, const std::string& pattern) {
  int count = 0;
  std::error_code failure;
  for (auto entry = fs::recursive_directory_iterator(folder, failure);
       !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure))
    if (entry->is_regular_file() &&
        ::fnmatch(pattern.c_str(), fs::relative(entry->path(), folder).c_str(), FNM_PERIOD) == 0)
      ++count;
  return count;
}

void Session::perform(const Line& line) {
  const std::string& what = line.words[0];
  const auto word = [&](std::size_t i) {
    if (i >= line.words.size()) throw runtime_error("`" + what + "` needs more words");
    return line.words[i];
  };
  const auto expect = [&](bool good, const std::string& otherwise) {
    if (!good) throw runtime_error(otherwise);
  };
  const auto ended = [&]() -> const Ended& {
    finish();
    return last_;
  };
  if (what == "$") {
    start(line, 1);
    finish();
  } else if (what == "start") {
    start(line, 1);
  } else if (what == "exit") {
    expect(ended().code == std::stoi(word(1)), "exit " + std::to_string(last_.code) +
                                                   (last_.code == -1 ? " (over the time limit)" : "") +
                                                   " of: " + last_command_ + "\n" + last_.out + last_.err);
    exit_checked_ = true;
  } else if (what == "stdout" || what == "stderr") {
    check_text(line, what == "stdout" ? ended().out : ended().err);
  } else if (what == "took") {  // took under SECONDS
    expect(ended().seconds < std::stod(word(2)), "it took " + std::to_string(last_.seconds) + " s");
  } else if (what == "signal") {
    expect(running_ != nullptr, "nothing runs");
    running_->signal(word(1) == "INT" ? SIGINT : word(1) == "TERM" ? SIGTERM : SIGKILL);
  } else if (what == "await") {
    await(line);
  } else if (what == "pause") {
    std::this_thread::sleep_for(std::chrono::duration<double>(std::stod(word(1))));
  } else if (what == "env") {
    const std::size_t equals = line.rest.find('=');
    if (equals == std::string::npos)
      environment_.erase(line.rest);
    else
      environment_[line.rest.substr(0, equals)] = line.rest.substr(equals + 1);
  } else if (what == "sandbox") {
    start_sandbox(line);
  } else if (what == "asked") {
    expect(asked(word(1)) == std::stol(word(2)),
           "the server was asked for " + word(1) + " " + std::to_string(asked(word(1))) + " times");
  } else if (what == "creates") {
    expect(asked("creates") == std::stol(word(1)),
           "the server made " + std::to_string(asked("creates")) + " predictions");
  } else if (what == "listener") {
    listener_ = std::make_unique<Listener>();
    environment_["REPLICATE_BASE_URL"] = "http://127.0.0.1:" + std::to_string(listener_->port()) + "/v1";
  } else if (what == "heard") {
    expect(listener_->heard() == std::stoi(word(1)),
           "there were " + std::to_string(listener_->heard()) + " connections");
  } else if (what == "file") {
    write_file(path(word(1)), line.block);
  } else if (what == "photo") {
    const std::string to = path(line.words.size() > 2 ? line.words[2] : word(1));
    fs::create_directories(fs::path(to).parent_path());
    fs::copy_file(std::string(PIXGRAPH_PIPELINES) + "/photos/" + word(1), to, fs::copy_options::overwrite_existing);
  } else if (what == "pipeline") {
    fs::copy_file(std::string(PIXGRAPH_PIPELINES) + "/" + word(1), path(word(1)));
  } else if (what == "copy") {
    fs::create_directories(fs::path(path(word(2))).parent_path());
    fs::copy_file(path(word(1)), path(word(2)), fs::copy_options::overwrite_existing);
  } else if (what == "gather") {  // gather FOLDER NAME TO
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(path(word(1))))
      if (entry.path().filename() == word(2)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    fs::create_directories(path(word(3)));
    for (std::size_t i = 0; i < found.size(); ++i)
      fs::copy_file(found[i], path(word(3)) + "/" + std::to_string(i + 1) + found[i].extension().string());
  } else if (what == "truncate") {
    fs::resize_file(path(word(1)), std::stoul(word(2)));
  } else if (what == "remove") {
    fs::remove_all(path(word(1)));
  } else if (what == "picture") {
    const std::string facts = picture_facts(path(word(1)));
    expect(facts == word(2) + " " + word(3),
           word(1) + " is " + (facts.empty() ? "no picture" : facts) + "\n" + last_.out + last_.err);
  } else if (what == "count") {  // count FOLDER PATTERN N
    const int count = count_files(path(word(1)), word(2));
    expect(count == std::stoi(word(3)), std::to_string(count) + " files " + word(2) + " in " + word(1));
  } else if (what == "absent") {
    expect(!fs::exists(path(word(1))), word(1) + " is there");
  } else if (what == "same" || what == "differs") {
    expect((read_file(path(word(1))) == read_file(path(word(2)))) == (what == "same"),
           word(1) + " and " + word(2) + ": not `" + what + "`");
  } else if (what == "nowhere") {
    check_nowhere(word(1));
  } else if (what == "documented") {  // documented FILE TYPE ...
    const std::string wrong =
        undocumented(read_file(PIXGRAPH_MANUAL), read_file(path(word(1))), {line.words.begin() + 2, line.words.end()});
    expect(wrong.empty(), wrong);
  } else if (what == "end") {  // added after the last line
    need_exit();
  } else {
    throw runtime_error("a case knows no `" + what + "`");
  }
}

}  // namespace cases
