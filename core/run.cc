#include "run.h"

#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>

#include "clock.h"
#include "console.h"
#include "event_follower.h"
#include "events.h"
#include "hash.h"
#include "http.h"
#include "line_file.h"
#include "outcome_list.h"
#include "redact.h"
#include "sandbox_process.h"
#include "scheduler.h"
#include "schema_gate.h"

namespace pixgraph {

using nlohmann::json;

static int processors() {
  cpu_set_t allowed;  // what a cgroup or taskset leaves us
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return 1;
}

std::string find_state_folder(const std::string& pipeline_file, const RunOptions& options) {
  if (!options.state.empty()) return options.state;
  const std::string beside = join_path(folder_of(pipeline_file), ".pixgraph");
  const bool there = real_disk().exists(beside);
  const bool usable = ::access(there ? beside.c_str() : folder_of(pipeline_file).c_str(), W_OK) == 0;
  return usable ? beside : join_path(options.out, ".pixgraph");
}

std::string state_folder(const std::string& pipeline_file, const RunOptions& options) {
  const std::string folder = find_state_folder(pipeline_file, options);
  make_folders(real_disk(), folder);
  return folder;
}

namespace {

class StoreSink : public DownloadSink {
 public:
  explicit StoreSink(Store& store) : store_(store) {}
  std::string open_temp() override { return store_.open_temp(); }
  FilePtr commit(const std::string& temp, const Downloaded& what) override {
    return store_.adopt(temp, what.hash, what.size, what.name, what.media_type);
  }

 private:
  Store& store_;
};

class PredictionEvents : public RemoteObserver {
 public:
  explicit PredictionEvents(Events& events) : events_(events) {}
  void remote_created(const Request& request, const std::string& key, const std::string& id) override {
    emit("created", request, key, id);
  }
  void remote_ended(const Request& request, const std::string& key, const std::string& id,
                    const std::string& state) override {
    emit(state, request, key, id);
  }
  void remote_retries(const Request& request, const std::string& key, const std::string& id, int attempt, int attempts,
                      std::chrono::milliseconds wait) override {
    events_.emit({{"type", "retry"},
                  {"id", id},
                  {"key", key},
                  {"node", request.model.empty() ? request.lane : request.model},
                  {"attempt", attempt},
                  {"attempts", attempts},
                  {"cause", "prediction " + id + " failed"},
                  {"ms", wait.count()}});
  }
  void remote_waits(const Request& request, const std::string& why, std::chrono::milliseconds wait) override {
    events_.emit({{"type", "wait"}, {"lane", request.lane}, {"why", why}, {"ms", wait.count()}});
  }

 private:
  void emit(const std::string& state, const Request& request, const std::string& key, const std::string& id) {
    events_.emit({{"type", "prediction"},
                  {"state", state},
                  {"id", id},
                  {"key", key},
                  {"lane", request.lane},
                  {"model", request.model}});
    for (const std::string& warning : request.warnings)
      if (state == "created")
        events_.emit({{"type", "warning"},
                      {"node", request.model.empty() ? request.lane : request.model},
                      {"message", warning}});
  }
  Events& events_;
};

/// Takes SIGINT and SIGTERM for as long as it lives. Both were blocked before any thread was made.
class Signals {
 public:
  Signals(std::function<void()> first_interrupt, std::function<void()> second_interrupt,
          std::function<void()> terminate)
      : thread_([this, first_interrupt, second_interrupt, terminate] {
          sigset_t set = signals();
          while (!ending_) {
            const timespec wait{0, 100'000'000};
            const int got = sigtimedwait(&set, nullptr, &wait);
            if (got == SIGTERM) terminate();
            if (got == SIGINT) (interrupts_++ == 0 ? first_interrupt : second_interrupt)();
          }
        }) {}
  ~Signals() {
    ending_ = true;
    thread_.join();
  }
  static void block() {
    const sigset_t set = signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
  }
  bool interrupted() const { return interrupts_ > 0; }

 private:
  static sigset_t signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
  }
  std::atomic<bool> ending_ = false;
  std::atomic<int> interrupts_ = 0;
  std::thread thread_;
};

void show_error(const Error& error, const Redactor& redactor) {
  std::string text = "error[" + error.code() + "]: " + error.message() + "\n";
  if (!error.where().empty()) text += "  --> " + error.where() + "\n";
  if (!error.hint().empty()) text += "  = help: " + error.hint() + "\n";
  text = redactor.clean(std::move(text));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

bool uses_remote(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [](const GraphNode& node) { return node.spec->pool == Pool::predict; });
}

/// Asks every paid node type whether it can work at all, before anything runs.
void check_ready(const Graph& graph, const Registry& registry, Host& host) {
  for (const GraphNode& node : graph.nodes)
    if (node.spec->pool == Pool::predict)
      if (const Behaviour behaviour = registry.behaviour(node.spec->name); behaviour.remote)
        behaviour.remote->ready(host);
}

/// For trying out against a sandbox under --time-scale, whose hours pass in seconds; servers elsewhere are not touched
/// by it.
double time_scale() {
  const char* scale = std::getenv("PIXGRAPH_TIME_SCALE");
  const double number = scale ? std::atof(scale) : 1;
  return number >= 1 ? number : 1;
}

/// The pipeline file's `limits:` (of the server, else `default`; by model), then what the command line says.
ServerLimits limits_for(const Graph& graph, const std::string& server, const RunOptions& options) {
  ServerLimits limits;
  const std::size_t scheme = server.find("://");
  const std::string host =
      server.substr(scheme == std::string::npos ? 0 : scheme + 3, server.find('/', scheme + 3) - scheme - 3);
  for (const std::string& name : {std::string("default"), host, server})
    if (const auto limit = graph.limits.find(name); limit != graph.limits.end()) {
      if (limit->second.in_flight) limits.in_flight = *limit->second.in_flight;
      if (limit->second.creates_per_minute) limits.creates_per_minute = *limit->second.creates_per_minute;
      if (limit->second.other_per_minute) limits.calls_per_minute = *limit->second.other_per_minute;
    }
  for (const auto& [name, limit] : graph.limits)
    if (limit.in_flight) limits.in_flight_of[name] = *limit.in_flight;
  if (options.jobs_remote > 0) limits.in_flight = options.jobs_remote;
  if (options.creates_per_minute) limits.creates_per_minute = *options.creates_per_minute;
  if (options.creates_per_minute == 0.0) limits.calls_per_minute = 0;  // unlimited means all of it
  return limits;
}

/// What `pixgraph ledger` needs to reach this run's ledger from the same folder, as a shell reads it.
std::string ledger_flags(const std::string& state, bool sandbox) {
  std::string flags;
  if (state != ".pixgraph") {
    const bool plain = std::all_of(state.begin(), state.end(), [](unsigned char c) {
      return std::isalnum(c) || c == '/' || c == '.' || c == '-' || c == '_';
    });
    std::string quoted;
    for (const char c : state) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    flags = " --state " + (plain ? state : "'" + quoted + "'");
  }
  return flags + (sandbox ? " --sandbox" : "");
}

/// Ends the process soon, whatever hangs: the ledger knows what was created.
void exit_within(std::chrono::milliseconds time, int code) {
  std::thread([time, code] {
    std::this_thread::sleep_for(time);
    ::_exit(code);
  }).detach();
}

json end_event(const RunCounts& counts, int exit, const RunOptions& options) {
  json end = {{"type", "end"},
              {"exit", exit},
              {"done", counts.items_done},
              {"failed", counts.items_failed},
              {"canceled", counts.items_canceled},
              {"out", options.out}};
  if (counts.stopped) {
    end["stopped"] = counts.stopped->message();
    end["hint"] = counts.stopped->hint();
  }
  return end;
}

std::string new_run_id() {
  std::string time = iso_time(std::chrono::system_clock::now()).substr(0, 23);  // to the millisecond: ids sort by it
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return time + "-" + random_hex(3);
}

}  // namespace

void point_at_sandbox(RunHost& host, const std::string& base_url) {
  host.override_environment("REPLICATE_BASE_URL", base_url);
  host.override_environment("REPLICATE_API_TOKEN", "sandbox-needs-no-token");
  host.override_environment("REPLICATE_EXTRA_HEADERS", "");
  host.override_environment("PIXGRAPH_SANDBOX", "1");
}

int run_graph(const Graph& graph, const Registry& registry, const ItemTable& table, const RunOptions& options,
              const RunModels& models) {
  Signals::block();
  ::signal(SIGPIPE, SIG_IGN);
  Redactor redactor;
  try {
    Disk& disk = real_disk();
    const std::string state = state_folder(graph.file, options);
    const Codecs codecs(registry);
    Store store(disk, join_path(state, "store"));
    StoreSink sink(store);
    HttpOptions http_options;
    http_options.downloads = &sink;
    HttpClient http(std::move(http_options));
    Index index(state);
    RunHost host(http, store, codecs, redactor, &index);
    std::unique_ptr<SandboxProcess> sandbox;
    if (options.sandbox && uses_remote(graph)) {
      sandbox = std::make_unique<SandboxProcess>();
      point_at_sandbox(host, sandbox->base_url());
    }
    check_ready(graph, registry, host);
    Ledger ledger(disk, join_path(state, options.sandbox ? "sandbox-ledger" : "ledger"));

    const std::string run_id = new_run_id();
    const std::string run_folder = join_path(join_path(state, "runs"), run_id);
    make_folders(disk, run_folder);
    const std::string event_path = join_path(run_folder, "events.ndjson");
    const Events::Sink event_log = event_file(event_path);
    const Events::Sink outcomes = outcome_list(join_path(run_folder, "items.jsonl"));
    // What `events` calls outlives it.
    Console console(options.events != "-");
    std::unique_ptr<LineFile> copy;
    if (!options.events.empty()) copy = std::make_unique<LineFile>(options.events);
    EventFollower follower(event_path, [&](std::string_view line, const json& event) {
      if (copy) copy->append(std::string(line) + "\n");
      console.show(event);
    });
    std::atomic<Scheduler*> running = nullptr;
    Events events(redactor, [&](const Error& error) {
      show_error(error, redactor);
      if (Scheduler* at_work = running) at_work->stop(error);
    });
    for (const Events::Sink& written : {event_log, outcomes}) events.add_sink(written);
    events.add_sink([&](std::span<const json>) { follower.advance(); });
    const auto all_shown = [&] {
      events.finish();
      follower.finish();
    };
    json names = json::array();
    for (const GraphNode& node : graph.nodes) names.push_back({{"name", node.name}, {"type", node.spec->name}});
    events.emit({{"type", "run"},
                 {"id", run_id},
                 {"file", graph.file},
                 {"nodes", names},
                 {"items", table.items.size()},
                 {"out", options.out},
                 {"state", state},
                 {"sandbox", sandbox ? sandbox->base_url() : ""},
                 {"skipped_files", table.skipped}});

    const auto rebuy_before =
        options.rebuy_before.empty() ? std::chrono::system_clock::now() : parse_iso_time(options.rebuy_before).value();
    std::map<std::string, Consent> consent_of;
    for (const std::string& node : options.rebuy) consent_of[node] = {options.only_failed, rebuy_before};

    PredictionEvents predictions(events);
    OutputWriter writer(disk, index, codecs, options.out, options.overwrite, PastOutputs(join_path(state, "runs")));
    for (const Item& item : table.items)
      for (const Value& value : item.inputs)
        if (value.file()) writer.protect(value.file()->path);
    const int jobs = options.jobs > 0 ? options.jobs : processors();
    const auto limits = [&](const std::string& server) { return limits_for(graph, server, options); };

    Schemas schemas(disk, join_path(state, "schemas"));
    // A sandbox is asked every time: it costs nothing, and what its stand-ins take is not what the models take.
    Schemas* kept = sandbox ? nullptr : &schemas;
    SchemaGate gate(
        {host,
         {models.lock, kept},
         kept,
         [&](const ModelName& model, const json& schema) {
           return models.uses ? shared_mistake(graph, *models.uses, model, schema) : std::nullopt;
         },
         [&](const ModelName& model, const std::string& why) {
           events.emit({{"type", "warning"}, {"node", model.name.empty() ? model.lane : model.name}, {"message", why}});
         }});

    RunCounts counts;
    bool interrupted = false;
    {
      // The driver and the scheduler outlive the executor: its threads run their work.
      std::unique_ptr<RemoteDriver> driver;
      std::unique_ptr<Scheduler> scheduler;
      Executor executor(jobs, 16);
      driver = std::make_unique<RemoteDriver>(
          RemoteDriver::Setup{executor, ledger, store, host, predictions, sandbox ? sandbox->base_url() : "", limits,
                              time_scale(), &index, ledger_flags(state, options.sandbox), &gate});
      const int in_flight = 2 * jobs + (uses_remote(graph) ? limits("").in_flight : 0);
      scheduler = std::make_unique<Scheduler>(Scheduler::Setup{graph,
                                                               registry,
                                                               table,
                                                               codecs,
                                                               executor,
                                                               *driver,
                                                               host,
                                                               index,
                                                               writer,
                                                               events,
                                                               in_flight,
                                                               options.fail_fast,
                                                               {options.only_failed, std::nullopt},
                                                               consent_of});
      Signals signals(
          [&] {
            std::fputs("\ninterrupted: no new predictions; waiting for those that run (again to cancel them)\n",
                       stderr);
            scheduler->stop();
          },
          [&] {
            exit_within(std::chrono::seconds(5), kExitInterrupted);
            std::fputs("\ncanceling what runs\n", stderr);
            scheduler->stop();
            driver->cancel_all();
          },
          [&] {
            exit_within(std::chrono::milliseconds(500),
                        kExitTerminated);  // also where nobody reads our output any more
            RunCounts so_far = scheduler->counts();
            so_far.stopped = Error("E902", "terminated; created predictions are kept and found again by the next run");
            events.emit(end_event(so_far, kExitTerminated, options));
            all_shown();
            ::_exit(kExitTerminated);
          });
      running = scheduler.get();
      counts = scheduler->run();
      running = nullptr;
      interrupted = signals.interrupted();
    }
    int exit = kExitDone;
    if (interrupted)
      exit = kExitInterrupted;
    else if (counts.stopped)
      exit = kExitStopped;
    else if (counts.items_failed > 0 || counts.items_canceled > 0)
      exit = kExitItemsFailed;
    events.emit(end_event(counts, exit, options));
    all_shown();
    if (exit == kExitInterrupted && !options.rebuy.empty())
      std::fprintf(stderr, "go on with the same --rebuy and: --rebuy-before %s\n", iso_time(rebuy_before).c_str());
    return exit;
  } catch (const Error& error) {
    show_error(error, redactor);
    if (error.stops_run()) return kExitStopped;
    return error.code().starts_with("E99") ? kExitBug : kExitWrongRequest;
  }
}

}  // namespace pixgraph
