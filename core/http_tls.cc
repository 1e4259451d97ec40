#include "http_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <filesystem>

#include <Poco/Exception.h>
#include <fmt/format.h>
#include <pixgraph/http.h>

namespace pixgraph {

namespace {

thread_local int last_verify_error = 0;

// Poco's own callback raises events of a global manager; what a message needs is only the number.
int note_verify_error(int ok, X509_STORE_CTX* store) {
  if (!ok) last_verify_error = X509_STORE_CTX_get_error(store);
  return ok;
}

[[noreturn]] void fail(const std::string& message, const std::string& hint) {
  throw HttpError("E203", message, HttpError::Sent::no, hint);
}

}  // namespace

int TlsClient::verify_error() {
  return last_verify_error;
}
void TlsClient::clear_verify_error() {
  last_verify_error = 0;
}

Poco::Net::Context::Ptr TlsClient::context() {
  const std::lock_guard lock(mutex_);
  if (context_) return context_;
  using Poco::Net::Context;
  try {
    Context::Params params;
    params.caLocation = ca_file_;
    params.loadDefaultCAs = ca_file_.empty();  // Poco's default is no CA at all
    params.verificationMode = Context::VERIFY_STRICT;
    params.verificationDepth = 9;
    params.cipherList = "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES";
    Context::Ptr made = new Context(Context::TLS_CLIENT_USE, params);
    made->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    made->enableExtendedCertificateVerification(true);  // the host name
    made->enableSessionCache(true);
    SSL_CTX_set_verify(made->sslContext(), SSL_VERIFY_PEER, note_verify_error);
    // A write is tried again from a buffer that may have moved; records are cut by us.
    SSL_CTX_set_mode(made->sslContext(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    context_ = made;
  } catch (const Poco::Exception& error) {
    ERR_clear_error();
    if (ca_file_.empty()) fail("TLS cannot be set up: " + error.displayText(), "");
    fail(fmt::format("the certificates in `{}` cannot be read", ca_file_), "it must be a PEM file or a folder of them");
  }
  return context_;
}

Poco::Net::Session::Ptr TlsClient::session(const std::string& origin) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(origin);
  return found == sessions_.end() ? Poco::Net::Session::Ptr() : found->second;
}

void TlsClient::remember(const std::string& origin, const Poco::Net::Session::Ptr& session) {
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= 64 && !sessions_.contains(origin)) sessions_.erase(sessions_.begin());
  sessions_[origin] = session;
}

bool TlsClient::has_trust_store() const {
  if (!ca_file_.empty()) return true;
  namespace fs = std::filesystem;
  const auto or_env = [](const char* name, const char* preset) {
    const char* set = std::getenv(name);
    return std::string(set && *set ? set : preset);
  };
  std::error_code ignored;
  if (fs::file_size(or_env(X509_get_default_cert_file_env(), X509_get_default_cert_file()), ignored) > 0 && !ignored)
    return true;
  fs::directory_iterator folder(or_env(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()), ignored);
  return !ignored && folder != fs::directory_iterator();
}

void throw_tls_error(const std::string& host, const std::string& library_text, const TlsClient& tls) {
  ERR_clear_error();  // what is left there would be taken for an error of the next connection of this thread
  const int code = TlsClient::verify_error();
  const std::string start = fmt::format("TLS failed with {}: ", host);
  switch (code) {
    case X509_V_OK: break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
    case X509_V_ERR_APPLICATION_VERIFICATION:
      fail(start + "its certificate is for another host", "check the host in the URL");
    case X509_V_ERR_CERT_HAS_EXPIRED: fail(start + "its certificate has expired", "check this machine's clock too");
    case X509_V_ERR_CERT_NOT_YET_VALID: fail(start + "its certificate is not valid yet", "check this machine's clock");
    default:
      if (!tls.has_trust_store())
        fail(start + "this machine has no certificates to trust", "install the package ca-certificates");
      fail(fmt::format("{}its certificate is not trusted ({})", start, X509_verify_cert_error_string(code)),
           "name the file of the CA that signed it in SSL_CERT_FILE");
  }
  // "error:0A000126:SSL routines::unexpected eof while reading" -> the words at the end
  const std::size_t colon = library_text.rfind(':');
  std::string words = colon == std::string::npos ? library_text : library_text.substr(colon + 1);
  words.erase(0, words.find_first_not_of(' '));
  fail(start + (words.empty() ? "the handshake was broken off" : words), "does this port speak TLS");
}

}  // namespace pixgraph
