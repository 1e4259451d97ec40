// pixgraph lock: asks the server what the models of a pipeline take, and writes it down beside the file.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include <pixgraph/error.h>

#include "clock.h"
#include "codec.h"
#include "commands.h"
#include "disk.h"
#include "host.h"
#include "http.h"
#include "run.h"
#include "sandbox_process.h"
#include "store.h"

namespace pixgraph {

/// A server that asks to slow down is asked again.
static std::optional<ModelDescription> describe(const ModelUse& use, Host& host) {
  static constexpr int kTries = 5;
  for (int tries = 1;; ++tries) {
    try {
      return use.remote->describe(use.model, host);
    } catch (const Throttled& throttled) {
      const auto wait = std::max(throttled.wait(), std::chrono::milliseconds(500) * tries);
      if (tries == kTries || wait > std::chrono::minutes(1)) throw;
      std::fprintf(stderr, "%s: waiting %s\n", throttled.message().c_str(), show_duration(wait).c_str());
      std::this_thread::sleep_for(wait);
    }
  }
}

/// `by_name` gets the models that some node asks for in a way that pins nothing, and that could be pinned.
static Lockfile ask(std::vector<ModelUse>& uses, Host& host, bool sandbox, std::set<std::string>& by_name) {
  Lockfile lock;
  std::map<std::string, bool> can_be_pinned;
  for (ModelUse& use : uses) {
    use.model = use.remote->model(use.params, host);  // as this host sees it: of the sandbox where there is one
    lock.server = sandbox ? kSandboxServer : use.model.server;
    const auto [place, first] = lock.models.try_emplace(use.model.lane);
    LockedModel& model = place->second;
    if (first) {
      use.remote->ready(host);
      const auto said = describe(use, host);
      model.name = use.model.name;
      if (said) {
        model.version = said->version;
        model.schema = said->schema;
        can_be_pinned[use.model.lane] = said->pins;
      }
    }
    if (!can_be_pinned[use.model.lane]) continue;
    if (use.remote->pin(use.params, model.version))
      model.pins = true;
    else
      by_name.insert(use.model.lane);
  }
  return lock;
}

int command_lock(const Arguments& arguments) {
  const std::string& file = arguments.words[0];
  const auto pipeline = read_shown(arguments, file, Reading::lock);
  if (!pipeline) return kExitWrongRequest;
  if (pipeline->uses.empty()) {
    std::printf("%s: no node buys from a model, so there is nothing to lock\n", file.c_str());
    return kExitDone;
  }
  const bool sandbox = arguments.has("--sandbox");
  Disk& disk = real_disk();
  Store store(disk, "");  // never used: what models take is no file
  const Codecs codecs(registry_for(arguments));
  Redactor redactor;
  HttpClient http{HttpOptions()};
  RunHost host(http, store, codecs, redactor);
  std::unique_ptr<SandboxProcess> stand_ins;
  if (sandbox) {
    stand_ins = std::make_unique<SandboxProcess>();
    point_at_sandbox(host, stand_ins->base_url());
  }
  Lockfile lock;
  std::set<std::string> by_name;
  try {
    lock = ask(pipeline->uses, host, sandbox, by_name);
  } catch (const Error& error) {
    throw Error(error.code(), redactor.clean(error.message()), redactor.clean(error.hint())).stopping_run();
  }
  const std::string path = lock_path(file), text = write_lock(lock);
  const bool same = disk.read(path) == text;
  if (!same) replace_file(disk, path, text);
  std::printf("%s: %zu model%s%s\n", path.c_str(), lock.models.size(), lock.models.size() == 1 ? "" : "s",
              same ? ", as before" : "");
  std::size_t width = 0;
  for (const auto& [lane, model] : lock.models) width = std::max(width, model.name.size());
  for (const auto& [lane, model] : lock.models) {
    const std::string version = model.version.empty() ? std::string("no version") : model.version.substr(0, 8);
    const std::string remark = !model.schema ? "  the server does not say what it takes"
                               : by_name.contains(lane)
                                   ? "  not pinned: `version: " + model.name + "` buys this version"
                                   : "";
    std::fputs(fmt::format("  {:<{}}  {}{}\n", model.name, width, version, remark).c_str(), stdout);
  }
  return kExitDone;
}

}  // namespace pixgraph
