// RemoteNode: a node type whose work is done by a server, and paid for. The plugin gives small functions that each make
// at most a few HTTP calls; core (remote.cc) owns every file, lock, timer, limit and price, writes the ledger before
// submit and waits between polls. Money safety is written once, there.
//
// All functions may run on many threads at once and block their thread only for the HTTP calls they make.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <pixgraph/node.h>

namespace pixgraph {

/// A file within a request. In Request::input it stands as {"$file": index}.
struct RequestFile {
  /// What it is, for the key of the purchase: "pixels:<hash>", "bytes:<hash>", or "made:<purchase key>#<index>".
  std::string key;
  std::string name;      // a file name for servers that want one
  std::string live_url;  // the same bytes at a URL of the same server, while it lives; else empty
  /// The bytes to send and their media type. Called only when a request is really sent.
  struct Encoded {
    BytesPtr bytes;
    std::string media_type;
  };
  std::function<Encoded()> encode;
  std::string reference;  // set by stage(): what the body says instead of the bytes (a URL or data: URI)
  std::string upload_id;  // set by stage(): the server's id of an uploaded file; before it, that of an earlier run's
};

/// A purchase that is about to be made. Its identity (ledger key) is server + lane + input, with files by their keys.
struct Request {
  std::string server;  // base URL, verbatim
  std::string lane;    // what is bought: "owner/name", a 64-hex version or "deployment owner/name"; canonical spelling
  std::string endpoint;  // for the plugin's own use in submit
  std::string version;   // likewise
  JsonPtr input;         // JSON object; files as {"$file": n}
  std::vector<RequestFile> files;
  std::string variant;  // enters the key, is not sent
  // Not part of the identity:
  std::string model;  // "owner/name" where it is known, else empty: for messages, and for `prices:` and `limits:`
  int images = 1;     // that are asked for: what a price per image counts before the answer tells
  std::chrono::milliseconds lifetime{0};  // from creation; a server that can may end it then. 0 = not limited
  std::vector<std::string> warnings;  // added to by stage(): to be shown with the item when the request is really sent
};

enum class RemoteStatus : std::uint8_t {
  starting,
  processing,
  succeeded,
  failed,
  canceled,
  aborted,
  lost,     // the server does not know the id (any more)
  expired,  // it succeeded, but the server has removed the output
};
constexpr bool terminal(RemoteStatus status) {
  return status >= RemoteStatus::succeeded;
}

/// What a server says about one prediction at one moment.
struct Snapshot {
  RemoteStatus status = RemoteStatus::starting;
  JsonPtr answer;                                    // as it came (an object); kept in the ledger when terminal
  std::vector<std::string> urls;                     // files in the output, in order: http(s) URLs and data: URIs
  std::string error;                                 // one sentence: why it failed
  std::optional<double> progress;                    // 0..1
  std::optional<std::chrono::milliseconds> took;     // from its creation to its end, both by the server's clock
  std::optional<std::chrono::milliseconds> running;  // of one that runs: since when, by the server's clock
  // Of one that has ended, as far as the server tells: what it bills by.
  std::optional<std::chrono::nanoseconds> ran;
  std::optional<int> images;
};

struct Submitted {
  enum class Kind : std::uint8_t {
    created,    // `id` is set; `snapshot` is the first answer (may be terminal already)
    not_sent,   // provably nothing reached the server; may be tried again
    throttled,  // 429: nothing was created; wait `wait` (or longer) before the next create
    rejected,   // a 4xx: nothing was created; `error` says why
    unknown,    // it may have been created: a 5xx, a broken connection, an answer without an id
  };
  Kind kind = Kind::unknown;
  std::string id;
  Snapshot snapshot;
  std::chrono::milliseconds wait{0};
  std::optional<Error> error;  // for all but created
};

/// A server's "slow down" (429) to anything but a create. The call may be repeated after `wait`.
class __attribute__((visibility("default"))) Throttled : public Error {
 public:
  Throttled(std::string message, std::chrono::milliseconds wait) : Error("E430", std::move(message)), wait_(wait) {}
  std::chrono::milliseconds wait() const { return wait_; }

 private:
  std::chrono::milliseconds wait_;
};

/// A prediction in a server's list.
struct Candidate {
  std::string id;
  Snapshot snapshot;   // with its answer, as it stands in the list
  bool whole = false;  // of one that has ended: the list tells as much of its end as poll() would
};

/// One page of a server's list, newest first.
struct ListPage {
  std::vector<Candidate> predictions;
  std::string next;  // the cursor of the next page; "" where this is the last
  /// The server's clock when it answered (the Date header), where it says: clocks differ, and times are compared.
  std::optional<std::chrono::system_clock::time_point> server_time;
};

/// Which model a node buys from.
struct ModelName {
  std::string server;  // base URL, as in Request; empty where it cannot be told
  std::string lane;    // as in Request; empty where the params do not say it yet
  std::string name;    // "owner/name" where it is known, else empty
};

/// What a server says of a model.
struct ModelDescription {
  std::string version;  // what the name stands for now; empty where the server does not say
  bool pins = false;    // that version can be asked for by itself, and is billed alike
  JsonPtr schema;       // what it takes, in the plugin's own form; null where the server does not say
};

/// Something among a node's inputs that its model does not take.
struct InputMistake {
  enum class Kind : std::uint8_t { value, unknown, missing };
  Kind kind = Kind::value;
  std::vector<std::string> path;  // names and list positions below the open input
  std::string message;            // one sentence without a full stop
  std::string help;               // may be empty
  bool certain = true;            // false: a doubt, worth a warning only
};

class RemoteNode {
 public:
  virtual ~RemoteNode() = default;

  // What is known of a model before anything is bought. A service without such knowledge leaves these as they are.

  /// Which model the params name; no network. Params by name, {"$later": type} where a value is not known yet. Throws
  /// Error for params that name none.
  virtual ModelName model(const nlohmann::json& params, Host& host) const;
  /// Asks the server. nullopt where it has no such route or does not know the model. Throws as poll() does.
  virtual std::optional<ModelDescription> describe(const ModelName& model, Host& host) const;
  /// Everything in `input` that the model does not take; no network. Files stand as {"$file": n}, values that are not
  /// known yet as {"$later": type} ("image", "list of text"; "" for any). `schema` is a ModelDescription's; where it is
  /// null, what the plugin knows by itself counts, and nullopt says that it knows nothing.
  virtual std::optional<std::vector<InputMistake>> check(const ModelName& model, const nlohmann::json& input,
                                                         const nlohmann::json* schema) const;
  /// The param, and its new value, with which exactly that version is bought; nullopt where the params name one
  /// already or the way in which they ask has no place for it.
  virtual std::optional<std::pair<std::string, std::string>> pin(const nlohmann::json& params,
                                                                 const std::string& version) const;

  /// Refuses (stops_run) where the server cannot be used at all: no token. Asked once before anything runs.
  virtual void ready(Host& host) const = 0;
  /// Makes the request from the node's inputs. No network.
  virtual Request prepare(Call& call) const = 0;
  /// Sets reference (and upload_id) of every file. Runs before the intent is written; may upload.
  virtual void stage(Request& request, Host& host) const = 0;
  /// Buys it: one POST. Never throws for what the network or server did.
  virtual Submitted submit(const Request& request, Host& host) const = 0;
  /// A page of what the server lists since then; nullopt where it has no list that can be read. `cursor` is "" for the
  /// first page, then the `next` of the one before. Throws as poll() does.
  virtual std::optional<ListPage> list(const std::string& server, std::chrono::system_clock::time_point since,
                                       const std::string& cursor, Host& host) const = 0;
  /// Throws HttpError, Throttled or Error for a poll that failed and may be repeated; an Error that stops_run() (401)
  /// ends the run with state kept.
  virtual Snapshot poll(const std::string& server, const std::string& id, Host& host) const = 0;
  /// Asks for an end. False for a server without that route; throws as poll() does.
  virtual bool cancel(const std::string& server, const std::string& id, Host& host) const = 0;
  /// Which of the Snapshot's urls are files, and not the text of an answer that names one. `schema` is a
  /// ModelDescription's; null where none is known.
  virtual std::vector<std::string> files(const Snapshot& snapshot, const nlohmann::json* schema) const;
  /// Turns the terminal answer of a success into outputs. `saved` are the files() of its Snapshot, in their order.
  virtual void finish(Call& call, const nlohmann::json& answer, const std::vector<FilePtr>& saved,
                      const nlohmann::json* schema) const = 0;
};

inline ModelName RemoteNode::model(const nlohmann::json&, Host&) const {
  return {};
}
inline std::optional<ModelDescription> RemoteNode::describe(const ModelName&, Host&) const {
  return {};
}
inline std::optional<std::vector<InputMistake>> RemoteNode::check(const ModelName&, const nlohmann::json&,
                                                                  const nlohmann::json*) const {
  return std::vector<InputMistake>();
}
inline std::vector<std::string> RemoteNode::files(const Snapshot& snapshot, const nlohmann::json*) const {
  return snapshot.urls;
}
inline std::optional<std::pair<std::string, std::string>> RemoteNode::pin(const nlohmann::json&,
                                                                          const std::string&) const {
  return {};
}

}  // namespace pixgraph
