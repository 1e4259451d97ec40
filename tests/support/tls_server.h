// TLS for RawServer: a certificate authority of the test's own, and the server's side of a connection.
//
//     TestCa ca;
//     RawServer server([&](RawConnection& raw) {
//       TlsConnection peer(raw, ca.server("good.test"));
//       peer.read_request();
//       peer.answer("ok");
//     });
#pragma once

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "raw_server.h"

namespace pixgraph::test {

class TestCa {
 public:
  TestCa()
      : key_(EVP_EC_gen("P-256")),
        certificate_(make(("Test CA " + std::to_string(std::rand())).c_str(), "", key_, nullptr, nullptr, 1)) {
    char name[] = "/tmp/pixgraph_ca.XXXXXX";
    const int fd = ::mkstemp(name);
    file_ = name;
    FILE* out = ::fdopen(fd, "w");
    PEM_write_X509(out, certificate_);
    std::fclose(out);
  }
  ~TestCa() {
    for (auto& [name, context] : servers_) SSL_CTX_free(context);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
    ::unlink(file_.c_str());
  }
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;

  /// The PEM file a client may trust.
  const std::string& file() const { return file_; }
  /// Settings of a server with a certificate for `name` ("good.test", or "IP:127.0.0.1"), which ended yesterday if so.
  SSL_CTX* server(const std::string& name, bool expired = false) {
    const std::lock_guard lock(mutex_);
    SSL_CTX*& context = servers_[name + (expired ? "!" : "")];
    if (context) return context;
    context = SSL_CTX_new(TLS_server_method());
    EVP_PKEY* key = EVP_EC_gen("P-256");
    const std::string san = name.starts_with("IP:") ? name : "DNS:" + name;
    X509* certificate = make("server", san, key, certificate_, key_, expired ? -1 : 1);
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
  }

 private:
  static X509* make(const char* common_name, const std::string& san, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                    int days) {
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    static std::atomic<long> serial{std::time(nullptr)};
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3 * 86400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name), -1, -1,
                               0);
    X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject);
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer ? issuer : certificate, certificate, nullptr, nullptr, 0);
    const auto extend = [&](int nid, const std::string& value) {
      X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
      X509_add_ext(certificate, extension, -1);
      X509_EXTENSION_free(extension);
    };
    extend(NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (!san.empty()) extend(NID_subject_alt_name, san);
    X509_sign(certificate, issuer_key ? issuer_key : key, EVP_sha256());
    return certificate;
  }

  EVP_PKEY* key_;
  X509* certificate_;
  std::string file_;
  std::mutex mutex_;
  std::map<std::string, SSL_CTX*> servers_;
};

/// The server's side. Reads nothing and writes nothing where the handshake failed.
class TlsConnection : public RawConnection {
 public:
  TlsConnection(RawConnection& raw, SSL_CTX* context)
      : RawConnection(raw.server(), raw.fd(), raw.number()), ssl_(SSL_new(context)) {
    SSL_set_fd(ssl_, fd_);
    good_ = SSL_accept(ssl_) == 1;
  }
  ~TlsConnection() override {
    if (good_ && goodbye) SSL_shutdown(ssl_);
    SSL_free(ssl_);
  }
  bool good() const { return good_; }
  bool resumed() const { return SSL_session_reused(ssl_) == 1; }
  const char* server_name() const { return SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name); }
  const char* version() const { return SSL_get_version(ssl_); }
  long read_some(char* to, std::size_t size) override { return good_ ? SSL_read(ssl_, to, static_cast<int>(size)) : 0; }
  long write_some(std::string_view bytes) override {
    return good_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) : -1;
  }
  bool goodbye = true;  // false: the connection ends without TLS's own end

 private:
  SSL* ssl_;
  bool good_ = false;
};

}  // namespace pixgraph::test
