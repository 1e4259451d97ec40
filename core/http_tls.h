// TlsClient: the TLS settings of a client, and what its servers' sessions are resumed with.
//
// Nothing of OpenSSL is set up before the first https URL. Safe from many threads.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/Session.h>

namespace pixgraph {

class TlsClient {
 public:
  /// `ca_file`: a PEM file or a folder of hashed certificates that alone are trusted; empty: those of the system, where
  /// OpenSSL obeys SSL_CERT_FILE and SSL_CERT_DIR.
  explicit TlsClient(std::string ca_file) : ca_file_(std::move(ca_file)) {}

  /// TLS 1.2 or newer; certificate and host name are always checked, for loopback too. Throws HttpError E203.
  Poco::Net::Context::Ptr context();

  /// The session of an earlier connection to the same origin; null where there is none.
  Poco::Net::Session::Ptr session(const std::string& origin);
  void remember(const std::string& origin, const Poco::Net::Session::Ptr& session);

  /// Why the last check of a certificate failed on this thread, as an X509_V_ERR_ number; 0 where none did.
  static int verify_error();
  static void clear_verify_error();
  /// Whether there is any certificate to trust: a machine without ca-certificates has none.
  bool has_trust_store() const;

 private:
  std::string ca_file_;
  std::mutex mutex_;
  Poco::Net::Context::Ptr context_;
  std::map<std::string, Poco::Net::Session::Ptr> sessions_;
};

/// E203 for a handshake with `host` ("name:port") that failed with `library_text`.
[[noreturn]] void throw_tls_error(const std::string& host, const std::string& library_text, const TlsClient& tls);

}  // namespace pixgraph
