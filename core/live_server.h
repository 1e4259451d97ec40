// Live server: shows a run that goes on to browsers on this machine, and hands them its report when it has ended.
//
// Listens at 127.0.0.1 only. Everything but the modules needs the random token of the printed address; a Host or Origin
// that is not ours is refused, so that no other page can ask in a browser's name. It follows the file of events like
// every reader: the run never waits for it. Its threads are its own, at most 32 streams at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "live_page.h"
#include "thumbnails.h"

namespace pixgraph {

class LiveServer {
 public:
  static constexpr int kMostStreams = 32;

  /// Takes the port (0: any that is free), so that one that is taken is told before anything is bought. Throws Error
  /// E808.
  explicit LiveServer(int port);
  ~LiveServer();
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  struct Run {
    std::string events_path;  // that file is followed until finish()
    LiveParts page;           // without nonce and token
    Thumbnails* thumbnails = nullptr;
    std::function<void()> stop;  // what the button does: the same as Ctrl-C once
    std::function<bool()> is_stopping;
  };
  /// Begins to answer. Everything in `run` outlives the server.
  void serve(Run run);
  /// For people: http://127.0.0.1:8377/?t=6f1c9a...
  std::string address() const;
  /// The file of events has grown.
  void advance();
  /// The run has ended and its report, where there is one, is written: whoever looks on is sent there, or told where it
  /// is if its pictures lie beside it. Returns when all have fetched it, after three seconds at most.
  void finish(const std::string& report_path);

 private:
  class Serving;
  std::unique_ptr<Serving> serving_;
};

}  // namespace pixgraph
