// Staging: how the files of a request get to the server before the request does.
//
// Where the server has /files (the official one, the sandbox) every file goes by upload: upload ids are echoed exactly
// in answers, data: URIs are not, and reconciling an unsure purchase needs to tell requests apart. Elsewhere files go
// as data: URIs inside the request, or as the URL they still have.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include <pixgraph/remote.h>

#include "links.h"
#include "server.h"

namespace pixgraph::replicate {

/// Up to this size a data: URI is what the documentation recommends; above it a warning is due.
inline constexpr std::uint64_t kSmallFile = 256'000;
/// Above this size no data: URI is sent: clients and proxies are known to fail from here on.
inline constexpr std::uint64_t kLargestInline = 10'000'000;

/// Files go by upload wherever the server takes them: an upload's id is echoed exactly in the server's list, which is
/// how a purchase whose answer got lost is found again, and data: URIs are not. A server whose documentation says
/// nothing of uploads is asked once; where it refuses, files travel inside the request. Safe from many threads.
class Staging {
 public:
  /// Sets reference (and upload_id) of every file that has none yet, or that was uploaded by an earlier run and is not
  /// there any more. The same bytes go up once: others wait for them. Throws Error E406 where a file is too large to be
  /// sent, E407 where the upload was refused, HttpError, Throttled and E419 for what may be tried again, E431 and E432
  /// (stop the run), and whatever encode throws. Nothing has been paid for then.
  void stage(Request& request, const Server& server, Host& host, const Links& links);

 private:
  bool upload(RequestFile& file, const RequestFile::Encoded& encoded, const Server& server, Host& host);
  bool send(RequestFile& file, const std::string& content, const RequestFile::Encoded& encoded, const Server& server,
            Host& host);
  bool is_there(const RequestFile& file, const Server& server, Host& host);
  bool may_upload(const Server& server) const;

  struct Uploaded {
    std::string id, reference;
    std::chrono::steady_clock::time_point at;
  };
  mutable std::mutex mutex_;
  std::condition_variable sent_;
  std::set<std::string> under_way_;           // by base and content hash: somebody sends it just now
  std::set<std::string> seen_;                // ids of an earlier run that are still there, by base
  std::set<std::string> without_files_;       // bases that have shown to take no uploads
  std::map<std::string, Uploaded> uploaded_;  // by base and content hash: the same bytes go up once a day
};

/// "data:image/png;base64,..."
std::string data_uri(const RequestFile::Encoded& encoded);

/// The body of an upload: parts `content`, `filename` and `type`. `boundary` must not occur in the bytes.
std::string multipart_body(const RequestFile::Encoded& encoded, const std::string& filename,
                           const std::string& boundary);

/// A file name for the wire: no path, no control characters or quotes, at most 255 bytes, an extension that fits the
/// media type.
std::string wire_name(std::string_view name, std::string_view media_type);

}  // namespace pixgraph::replicate
