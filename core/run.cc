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
#include "diagnostics.h"
#include "estimate.h"
#include "events.h"
#include "graph_drawing.h"
#include "hash.h"
#include "http.h"
#include "live_server.h"
#include "outcome_list.h"
#include "progress_view.h"
#include "redact.h"
#include "report.h"
#include "run_event.h"
#include "run_log.h"
#include "sandbox_process.h"
#include "scheduler.h"
#include "schema_gate.h"
#include "signals.h"
#include "state_folder.h"
#include "terminal.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;

static constexpr int kNetThreads = 16;

static int processors() {
  cpu_set_t allowed;  // what a cgroup or taskset leaves us
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return 1;
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
  PredictionEvents(Events& events, const Askers& askers) : events_(events), askers_(askers) {}
  void remote_created(const Request& request, const std::string& key, const std::string& id) override {
    emit("created", request, key, id);
  }
  void remote_ended(const Request& request, const std::string& key, const std::string& id, const std::string& state,
                    std::optional<NanoUsd> cost) override {
    emit(state, request, key, id, cost);
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
  void emit(const std::string& state, const Request& request, const std::string& key, const std::string& id,
            std::optional<NanoUsd> cost = {}) {
    json event = {{"type", "prediction"}, {"state", state},       {"id", id},
                  {"key", key},           {"lane", request.lane}, {"model", request.model}};
    if (cost) event["cost"] = usd_number(*cost);
    if (json tasks = askers_.of(key); !tasks.empty()) event["tasks"] = std::move(tasks);
    events_.emit(std::move(event));
    for (const std::string& warning : request.warnings)
      if (state == "created")
        events_.emit({{"type", "warning"},
                      {"node", request.model.empty() ? request.lane : request.model},
                      {"message", warning}});
  }
  Events& events_;
  const Askers& askers_;
};

std::string shown_error(const Error& error, const Redactor& redactor) {
  return redactor.clean(render_error(error, colour_on(2)));
}

bool uses(const Graph& graph, Pool pool) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [pool](const GraphNode& node) { return node.spec->pool == pool; });
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

/// How long a run that has ended may go on to make the thumbnails that it has not made on the way.
constexpr auto kThumbnailTime = std::chrono::seconds(10);

/// The report is for people to look at: that it cannot be written is said, and changes nothing else.
/// Returns its path, "" where there is none.
std::string show_report(const RunLog& log, const std::string& state, Thumbnails& thumbnails,
                        std::chrono::milliseconds thumbnail_time) {
  try {
    const std::string path = join_path(log.folder(), "report.html");
    write_report(state, log.id(), path, thumbnails, {.thumbnail_time = thumbnail_time});
    std::fprintf(stderr, "report  %s\n", printable_line(path).c_str());
    return path;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "! the report could not be written: %s\n", printable_line(error.what()).c_str());
    return "";
  }
}

json end_event(const RunCounts& counts, int exit, const RunOptions& options, const Budget& budget) {
  json end = {{"type", "end"},
              {"exit", exit},
              {"done", counts.items_done},
              {"reused", counts.items_reused},
              {"failed", counts.items_failed},
              {"skipped", counts.items_skipped},
              {"canceled", counts.items_canceled},
              {"out", options.out}};
  if (budget.spent() > 0 || budget.cap()) end["spent"] = usd_number(budget.spent());
  if (budget.cap()) end["cap"] = usd_number(*budget.cap());
  if (counts.stopped) {
    end["stopped"] = counts.stopped->message();
    end["hint"] = counts.stopped->hint();
  }
  return end;
}

}  // namespace

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

Consent::Time rebuy_time(const RunOptions& options, Consent::Time started) {
  return options.rebuy_before.empty() ? started : parse_iso_time(options.rebuy_before).value();
}

static std::string how_to_go_on_rebuying(const RunOptions& options, Consent::Time started) {
  if (options.rebuy.empty()) return "";
  return "go on with the same --rebuy and: --rebuy-before " + iso_time(rebuy_time(options, started)) + "\n";
}

Consents consents(const RunOptions& options, Consent::Time started) {
  Consents given;
  if (options.only_failed) given.all.failed_before = started;
  for (const std::string& node : options.rebuy)
    given.of_node[node] = {given.all.failed_before, rebuy_time(options, started)};
  return given;
}

void point_at_sandbox(RunHost& host, const std::string& base_url) {
  host.override_environment("REPLICATE_BASE_URL", base_url);
  host.override_environment("REPLICATE_API_TOKEN", "sandbox-needs-no-token");
  host.override_environment("REPLICATE_EXTRA_HEADERS", "");
  host.override_environment("PIXGRAPH_SANDBOX", "1");
}

namespace {

/// What work needs beyond the plan.
struct Services {
  Services(Disk& disk, const std::string& state, const Codecs& codecs, Redactor& redactor, Index& index)
      : store(disk, join_path(state, "store")),
        sink(store),
        http(http_options(sink)),
        host(http, store, codecs, redactor, &index) {}
  static HttpOptions http_options(StoreSink& sink) {
    HttpOptions options;
    options.downloads = &sink;
    return options;
  }
  std::string sandbox_url() const { return sandbox ? sandbox->base_url() : ""; }

  Store store;
  StoreSink sink;
  HttpClient http;
  RunHost host;
  std::unique_ptr<SandboxProcess> sandbox;
};

/// One call of run_graph: what all of it stands on.
struct Running {
  const Graph& graph;
  const Registry& registry;
  const ItemTable& table;
  const RunOptions& options;
  const RunModels& models;
  const std::string& state;
  const Codecs& codecs;
  Index& index;
  OutputWriter& writer;
  const Planner& planner;
  Services& services;
  RunLog& log;
  Budget& budget;
  std::atomic<Scheduler*>& at_work;  // set while there is one
  Consent::Time started;
  Thumbnails& thumbnails;
  std::atomic<bool>& stopping;  // no new predictions: Ctrl-C, or the live page's button
};

/// Does what the plan says; `interrupted` is whether the user asked for the end.
RunCounts execute(const Running& run, bool& interrupted) {
  const RunOptions& options = run.options;
  Disk& disk = real_disk();
  Services& services = run.services;
  Events& events = run.log.events();
  run.writer.sweep();
  Ledger ledger(disk, ledger_folder(run.state, options.sandbox));
  Askers askers;
  PredictionEvents predictions(events, askers);
  const int jobs = options.jobs > 0 ? options.jobs : processors();
  const auto limits = [&](const std::string& server) { return limits_for(run.graph, server, options); };

  Schemas schemas(disk, join_path(run.state, "schemas"));
  // A sandbox is asked every time: it costs nothing, and what its stand-ins take is not what the models take.
  Schemas* kept = services.sandbox ? nullptr : &schemas;
  SchemaGate gate(
      {services.host,
       {run.models.lock, kept},
       kept,
       [&](const ModelName& model, const json& schema) {
         return run.models.uses ? shared_mistake(run.graph, *run.models.uses, model, schema) : std::nullopt;
       },
       [&](const ModelName& model, const std::string& why) {
         events.emit({{"type", "warning"}, {"node", model.name.empty() ? model.lane : model.name}, {"message", why}});
       }});

  // The driver and the scheduler outlive the executor: its threads run their work.
  std::unique_ptr<RemoteDriver> driver;
  std::unique_ptr<Scheduler> scheduler;
  Executor executor(jobs, kNetThreads, kNetThreads);
  driver = std::make_unique<RemoteDriver>(
      RemoteDriver::Setup{executor, ledger, services.store, services.host, predictions, services.sandbox_url(), limits,
                          time_scale(), &run.budget, &run.index, ledger_flags(run.state, options.sandbox), &gate});
  MemoryBound memory(options.memory.value_or(default_memory()), jobs, resident_bytes);
  // For the processors one more than they work on. While the net is waited for others may begin; and more than a server
  // takes at once, for an item also writes its intent before and its files after, and a place that becomes free
  // meanwhile must not stay empty.
  const int remote = uses(run.graph, Pool::predict) ? limits("").in_flight : 0;
  const int in_flight = jobs + 1 +
                        (remote > 0                   ? remote + std::max(4, remote / 4)
                         : uses(run.graph, Pool::net) ? kNetThreads
                                                      : 0);
  scheduler = std::make_unique<Scheduler>(Scheduler::Setup{
      run.graph, run.registry, run.table, run.planner, run.codecs, executor, *driver, services.host, run.index,
      run.writer, events, memory, in_flight, options.fail_fast, consents(options, run.started), &run.thumbnails,
      &askers, [&] { return has_unknown_purchases(ledger, run.index); }});
  Signals signals(
      [&] {
        run.stopping = true;
        scheduler->stop();  // first: a terminal may not take what is said
        run.log.say("interrupted: no new predictions; waiting for those that run (again to cancel them)\n");
      },
      [&] {
        exit_within(std::chrono::seconds(5), kExitInterrupted);
        scheduler->stop();
        driver->cancel_all();
        run.log.say("canceling what runs\n");
      },
      [&] {
        exit_within(std::chrono::milliseconds(500), kExitTerminated);  // also where nobody reads our output any more
        RunCounts so_far = scheduler->counts();
        so_far.stopped = Error("E902", "terminated; created predictions are kept and found again by the next run");
        events.emit(end_event(so_far, kExitTerminated, options, run.budget));
        run.log.finish();
        show_report(run.log, run.state, run.thumbnails, std::chrono::seconds(0));
        std::fputs(how_to_go_on_rebuying(options, run.started).c_str(), stderr);
        ::_exit(kExitTerminated);
      });
  run.at_work = scheduler.get();
  const RunCounts counts = scheduler->run();
  run.at_work = nullptr;
  interrupted = signals.interrupted();
  return counts;
}

}  // namespace

int run_graph(const Graph& graph, const Registry& registry, const ItemTable& table, const RunOptions& options,
              const RunModels& models) {
  Signals::end_at_once();
  ::signal(SIGPIPE, SIG_IGN);
  Redactor redactor;
  add_secrets(redactor);
  try {
    Disk& disk = real_disk();
    const std::string state = state_folder(graph.file, options);
    Codecs codecs(registry, options.max_pixels);
    Index index(state);
    Thumbnails thumbnails(disk, codecs, join_path(state, "thumbnails"));
    codecs.watch([&](const File& file, const Image& image) {
      thumbnails.add(file.hash.empty() ? index.known_hash(file.path) : file.hash, image);
    });
    OutputWriter writer(disk, index, codecs, options.out, options.overwrite, PastOutputs(join_path(state, "runs")));
    for (const Item& item : table.items)
      for (const Value& value : item.inputs) {
        if (value.file()) writer.protect(value.file()->path);
        if (value.list())
          for (const Value& one : *value.list())
            if (one.file()) writer.protect(one.file()->path);
      }
    writer.check_folder();
    writer.keep_out_of(state);
    if (const std::string trouble = index.trouble(); !trouble.empty())
      std::fprintf(stderr, "! %s: what is done now is done again by the next run\n", printable_line(trouble).c_str());
    const Planner planner(graph, index, writer, {options.fresh, {options.rebuy.begin(), options.rebuy.end()}});
    // What nobody has looked at yet is hashed when its item's turn comes, not before the first one starts; but where an
    // item that comes later may turn out to be up to date under a name that another one makes now.
    const Plan plan = make_plan(graph, table, planner, codecs, [&](const File& file) {
      return planner.named_by_results() && real_disk().exists(file.path) ? index.hash_of(file.path)
                                                                         : index.known_hash(file.path);
    });

    const Consent::Time started = std::chrono::system_clock::now();
    Budget budget(options.prices, options.max_cost);
    if (options.max_cost && models.uses && !plan.nothing_to_do) {
      const Ledger ledger(disk, ledger_folder(state, options.sandbox));
      const PurchaseKnowledge known{index, ledger, [&](const File& file) { return index.known_hash(file.path); },
                                    consents(options, started)};
      check_prices(graph, summary(graph, table, plan, known), *models.uses, budget);
    }

    Signals::block();
    std::unique_ptr<Services> services;
    if (!plan.nothing_to_do) {
      if (!graph.outputs.empty()) writer.try_folder();
      services = std::make_unique<Services>(disk, state, codecs, redactor, index);
      if (options.sandbox && uses(graph, Pool::predict)) {
        services->sandbox = std::make_unique<SandboxProcess>();
        point_at_sandbox(services->host, services->sandbox->base_url());
      }
      check_ready(graph, registry, services->host);
    }

    std::atomic<Scheduler*> at_work = nullptr;
    std::atomic<RunLog*> to_tell = nullptr;
    const auto failed = [&](const Error& error) {
      if (Scheduler* scheduler = at_work) scheduler->stop(error);
      const std::string text = shown_error(error, redactor);
      if (RunLog* shown_by = to_tell) shown_by->say(text);
    };
    std::atomic<bool> stopping = false;
    // What it refers to is declared before it; its port is taken before anything is bought.
    std::unique_ptr<LiveServer> live;
    if (options.live) live = std::make_unique<LiveServer>(options.port);
    RunLog log(state, options.events, options.shard, redactor, failed, options.console);
    to_tell = &log;
    json description = run_event(graph, table, options);
    description.update({{"id", log.id()}, {"state", state}, {"sandbox", services ? services->sandbox_url() : ""}});
    if (budget.cap()) description["cap"] = usd_number(*budget.cap());
    if (live) {
      log.events().add_sink([&live](std::span<const json>) { live->advance(); });
      live->serve(
          {join_path(log.folder(), "events.ndjson"),
           {.drawing = drawing_of(graph),
            .name = graph.name,
            .file = graph.file,
            .run = log.id(),
            .report = std::filesystem::absolute(join_path(log.folder(), "report.html")).lexically_normal().string(),
            .sandbox = services && services->sandbox},
           &thumbnails,
           [&stopping] {
             if (!stopping.exchange(true)) ::kill(::getpid(), SIGINT);  // the same way as from a terminal
           },
           [&stopping] { return stopping.load(); }});
      log.say("live view  " + live->address() + "\n");
    }
    log.events().emit(std::move(description));
    RunCounts counts;
    bool interrupted = false;
    if (plan.nothing_to_do)
      counts.items_reused = static_cast<int>(table.items.size());
    else
      counts = execute({graph, registry, table, options, models, state, codecs, index, writer, planner, *services, log,
                        budget, at_work, started, thumbnails, stopping},
                       interrupted);
    Signals::end_at_once();
    int exit = kExitDone;
    if (interrupted)
      exit = kExitInterrupted;
    else if (counts.stopped)
      exit = kExitStopped;
    else if (counts.items_failed > 0 || counts.items_canceled > 0)
      exit = kExitItemsFailed;
    log.events().emit(end_event(counts, exit, options, budget));
    log.finish();
    if (!log.told_all() && (exit == kExitDone || exit == kExitItemsFailed)) exit = kExitStopped;
    std::string report;
    if (counts.items_reused < static_cast<int>(table.items.size()))
      report = show_report(log, state, thumbnails, kThumbnailTime);
    if (counts.items_failed > 0 && !options.command.empty())
      std::fprintf(stderr, "retry   %s\n", printable_line(retry_command(options.command)).c_str());
    if (exit != kExitDone) std::fputs(how_to_go_on_rebuying(options, started).c_str(), stderr);
    if (live) live->finish(report);
    return exit;
  } catch (const Error& error) {
    std::fputs(shown_error(error, redactor).c_str(), stderr);
    if (error.stops_run()) return kExitStopped;
    return error.code().starts_with("E99") ? kExitBug : kExitWrongRequest;
  }
}

}  // namespace pixgraph
