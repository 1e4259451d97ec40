#include "world.h"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace wire {

namespace fs = std::filesystem;

World::World(const std::vector<std::string>& sandbox) {
  std::string name = (fs::temp_directory_path() / "pixgraph-wire-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder can be made");
  folder_ = name;
  // Outputs of programs and whatever they leave in TMPDIR stay below the folder, so that a search finds it.
  for (const char* one : {"/home", "/tmp", "/programs"}) fs::create_directories(folder_ + one);
  environment_ = cases::clean_environment(folder_);
  environment_["TMPDIR"] = folder_ + "/tmp";
  std::vector<std::string> words = {PIXGRAPH_SANDBOX, "--port", "0", "--latency", "30ms"};
  words.insert(words.end(), sandbox.begin(), sandbox.end());
  sandbox_ = std::make_unique<cases::Process>(words, folder_, environment_, folder_ + "/programs", "sandbox");
  for (int i = 0; i < 2000 && base_.empty(); ++i) {
    const std::string out = sandbox_->out();
    if (const std::size_t end = out.find('\n'); end != std::string::npos)
      base_ = out.substr(0, end);
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (base_.empty()) throw std::runtime_error("the sandbox does not start: " + sandbox_->err());
  port_ = std::stoi(base_.substr(base_.rfind(':') + 1));
  environment_["REPLICATE_BASE_URL"] = base_;
  environment_["REPLICATE_API_TOKEN"] = kToken;
  environment_["PIXGRAPH_TIME_SCALE"] = "3000";  // the minute in which a lost create is looked for, in 20 ms
}

World::~World() {
  sandbox_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

cases::Ended World::pixgraph(const std::vector<std::string>& words) {
  std::vector<std::string> all = {PIXGRAPH_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  return cases::Process(all, folder_, environment_, folder_ + "/programs", "run-" + std::to_string(++runs_))
      .wait(std::chrono::seconds(60));
}

cases::Ended World::run(const std::vector<std::string>& items, const std::vector<std::string>& more) {
  std::vector<std::string> words = {"run", "pipeline.yaml"};
  words.insert(words.end(), items.begin(), items.end());
  for (const char* word : {"--out", "out", "--state", "state", "--rate", "unlimited"}) words.emplace_back(word);
  words.insert(words.end(), more.begin(), more.end());
  return pixgraph(words);
}

nlohmann::json World::stats() const {
  return nlohmann::json::parse(cases::http_get(port_, "/sandbox/stats"));
}

nlohmann::json World::requests() const {
  return nlohmann::json::parse(cases::http_get(port_, "/sandbox/requests"));
}

std::string World::ledger() {
  const cases::Ended list = pixgraph({"ledger", "list", "--json", "--state", "state"});
  if (list.code != 0) return list.err;
  std::map<std::string, int> states;
  for (const auto& row : nlohmann::json::parse(list.out)) ++states[row["state"].get<std::string>()];
  std::string text;
  for (const auto& [state, count] : states) text += (text.empty() ? "" : ", ") + state + " " + std::to_string(count);
  return text;
}

std::vector<std::string> World::outputs() const {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_ + "/out", none)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace wire
