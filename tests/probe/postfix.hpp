/// \file  Offers as Postfix makes them, a server that it would deliver to, and posttls-finger.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "tests/probe/live.hpp"

namespace dane::test {

using probe::TlsVersion;

inline const std::vector<TlsVersion> all_versions{TlsVersion::tls1, TlsVersion::tls1_1,
                                                  TlsVersion::tls1_2, TlsVersion::tls1_3};

/// Grade medium of Postfix 3.7 (tls_medium_cipherlist) at level may, encrypt or secure.
inline probe::TlsOffer postfix_offer(const std::string& level,
                                     const std::vector<TlsVersion>& versions = all_versions) {
  const std::string medium = "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH";
  if (level == "may") return {versions, medium, 0, true};
  if (level == "encrypt") return {versions, medium + ":!eNULL", 0, true};
  return {versions, medium + ":!aNULL", 1, false};
}

inline probe::ProbeRequest request_with(const FakeServer& server, const probe::TlsOffer& offer) {
  auto request = request_to(server);
  request.server_name.reset();
  request.tls = offer;
  return request;
}

/// Answers EHLO within TLS, too.
inline FakeServer::Script mail_server(ServerTls& tls) {
  return [&tls](Peer& peer) {
    greet_and_start_tls(peer, tls);
    demand(peer.hear().substr(0, 5) == "EHLO ", "no EHLO within TLS");
    peer.say("250-mx.example\r\n250 HELP\r\n");
    expect(peer, "QUIT");
    peer.say("221 bye\r\n");
  };
}

inline probe::ProbeResult probe_script_as_postfix(const FakeServer::Script& script,
                                                  const probe::TlsOffer& offer,
                                                  std::chrono::milliseconds time = 30s,
                                                  const probe::ProberOptions& options = {}) {
  FakeServer server(script);
  auto result = probe(request_with(server, offer), time, options);
  server.finish();
  CHECK(server.complaints() == std::vector<std::string>{});
  return result;
}

/// What Postfix 3.7's summary says behind the peer.
inline std::string summary(const probe::Presented& p) {
  if (!p.details) return "no details";
  std::string out = fmt::format("{} with cipher {} ({}/{} bits)", p.tls_version, p.cipher,
                                p.details->used_bits, p.details->algorithm_bits);
  if (!p.details->key_exchange.empty()) out += " key-exchange " + p.details->key_exchange;
  if (!p.details->signature.empty()) out += " server-signature " + p.details->signature;
  if (!p.details->digest.empty()) out += " server-digest " + p.details->digest;
  return out;
}

/// The real client, with a main.cf of its own.
class Finger {
 public:
  Finger() {
    std::string name = "/tmp/dane-finger-XXXXXX";
    require(mkdtemp(name.data()) != nullptr, "mkdtemp");
    folder_ = name;
    // It gives up root, and reads this as nobody.
    std::filesystem::permissions(folder_, std::filesystem::perms{0755});
    std::ofstream(folder_ / "main.cf")
        << "compatibility_level = 3.6\nmyhostname = client.example\n";
  }
  ~Finger() { std::filesystem::remove_all(folder_); }
  Finger(const Finger&) = delete;
  Finger& operator=(const Finger&) = delete;

  /// Version 3.7, and the OpenSSL that we run with: then words and octets have to be the same.
  [[nodiscard]] static bool is_here() {
    return OPENSSL_version_major() == 3 && OPENSSL_version_minor() == 0 &&
           output_of(
               "PATH=$PATH:/usr/sbin; command -v posttls-finger >/dev/null && "
               "postconf -dh mail_version")
                   .substr(0, 4) == "3.7.";
  }

  /// What it writes, without its name in front.
  [[nodiscard]] std::vector<std::string> lines(const FakeServer& server,
                                               const std::string& options) const {
    const auto text = output_of(
        fmt::format("PATH=$PATH:/usr/sbin MAIL_CONFIG='{}' posttls-finger -c -t 10 -T 5 -L summary "
                    "{} '[127.0.0.1]:{}' 2>&1",
                    folder_.string(), options, server.endpoint().port));
    std::vector<std::string> out;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos;
         at = end + 1) {
      const auto line = text.substr(at, end - at);
      out.push_back(line.substr(std::min(line.size(), std::string("posttls-finger: ").size())));
    }
    return out;
  }

 private:
  static std::string output_of(const std::string& command) {
    std::string out;
    FILE* pipe = popen(command.c_str(), "r");
    require(pipe != nullptr, "popen");
    std::array<char, 512> chunk{};
    while (fgets(chunk.data(), chunk.size(), pipe) != nullptr) out += chunk.data();
    pclose(pipe);
    return out;
  }
  std::filesystem::path folder_;
};

/// The words behind `prefix` and the peer of the first line that begins with it.
inline std::string behind(const std::vector<std::string>& lines, const std::string& prefix) {
  for (const auto& line : lines) {
    if (line.substr(0, prefix.size()) != prefix) continue;
    const auto colon = line.find(": ", prefix.size());
    return colon == std::string::npos ? line : line.substr(colon + 2);
  }
  return {};
}

}  // namespace dane::test
