// Failures as a Postfix client logs them; the literals are those of smtp(8) and posttls-finger
// 3.7.11, which is asked again where it is installed.

#include "dane/core/parallel.hpp"

#include "tests/probe/postfix.hpp"

using namespace dane;
using namespace dane::probe;
using namespace dane::test;

namespace {

const auto may = postfix_offer("may");

FailureDetails details_of(const ProbeFailed& failed) {
  REQUIRE(failed.details);
  return *failed.details;
}

/// Up to the ClientHello; then `answer`.
FakeServer::Script after_hello(std::function<void(Peer&)> answer) {
  return [answer = std::move(answer)](Peer& p) {
    greet_and_hear_starttls(p);
    p.say("220 go\r\n");
    const auto header = p.hear_octets(5);
    static_cast<void>(p.hear_octets(static_cast<unsigned char>(header[3]) * 256U +
                                    static_cast<unsigned char>(header[4])));
    answer(p);
  };
}

/// The numbers of lines in OpenSSL's sources are its own affair.
std::string without_line_number(std::string text) {
  const auto source = text.find(".c:");
  if (source == std::string::npos) return text;
  const auto end = text.find(':', source + 3);
  return text.erase(source + 3, end - source - 3);
}

std::vector<std::string> library_lines(const std::vector<std::string>& log) {
  const std::string prefix = "warning: TLS library problem: ";
  std::vector<std::string> out;
  for (const auto& line : log)
    if (line.substr(0, prefix.size()) == prefix) out.push_back(line.substr(prefix.size()));
  return out;
}

struct BrokenHandshake {
  FakeServer::Script script;
  std::string error;
  std::string library;  ///< without the number of the line
};

/// What our probe, and what posttls-finger says of it.
struct Told {
  ProbeResult ours;
  std::vector<std::string> finger;
};

Told tell(const BrokenHandshake& c) {
  FakeServer server(c.script);
  Told out;
  out.ours = test::probe(request_with(server, may));
  if (Finger::is_here()) out.finger = Finger().lines(server, "-l may");
  server.finish();
  return out;
}

/// A server that closes may be heard to close, or to answer what comes in later with a reset:
/// which of the two, the network decides, for Postfix as for us.
bool ends_alike(const std::string& a, const std::string& b) {
  const auto is_gone = [](const std::string& error) {
    return error == "lost connection" || error == "Connection reset by peer";
  };
  return a == b || (is_gone(a) && is_gone(b));
}

}  // namespace

TEST_CASE("Handshakes that fail, in Postfix's words", "[probe][postfix]") {
  const std::vector<BrokenHandshake> cases{
      {after_hello([](Peer& p) {
         p.say(std::string("\x15\x03\x03\x00\x02\x02\x28", 7));
         p.wait();
       }),
       "-1",
       "error:0A000410:SSL routines::sslv3 alert handshake failure:"
       "../ssl/record/rec_layer_s3.c::SSL alert number 40:"},
      {after_hello([](Peer& p) {
         p.say("500 what was that?\r\n");
         p.wait();
       }),
       "-1", "error:0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c::"},
      {after_hello([](Peer& p) {
         p.say(std::string("\x15\x03\x03\x00\x02\x01\x00", 7));
         p.wait();
       }),
       "lost connection", ""},
      {after_hello([](Peer&) {}), "lost connection", ""},
      {after_hello([](Peer& p) { p.reset(); }), "Connection reset by peer", ""},
      {[](Peer& p) {
         greet_and_hear_starttls(p);
         p.say("220 go\r\n");
       },
       "lost connection", ""},
      // In a packet of its own plain text is read as TLS.
      {[](Peer& p) {
         greet_and_hear_starttls(p);
         p.say("220 go\r\n");
         std::this_thread::sleep_for(100ms);
         p.say("250 injected\r\n");
         p.wait();
       },
       "-1", "error:0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c::"},
  };
  const auto told = map_concurrently(cases, cases.size(), tell);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO(i << ": " << cases[i].error << " " << cases[i].library);
    const auto failed = failure(told[i].ours);
    CHECK(failed.kind == ProbeFailure::handshake_failed);
    CHECK(failed.reply == "220 go");
    const auto details = details_of(failed);
    CHECK(details.stage == ProbeStage::handshake);
    CHECK(ends_alike(details.error, cases[i].error));
    CHECK_FALSE(details.session);
    REQUIRE(details.library_errors.size() == (cases[i].library.empty() ? 0 : 1));
    for (const auto& error : details.library_errors)
      CHECK(without_line_number(error) == cases[i].library);
    if (!Finger::is_here()) continue;
    CHECK(ends_alike(behind(told[i].finger, "SSL_connect error to "), details.error));
    CHECK(library_lines(told[i].finger) == details.library_errors);
  }
}

TEST_CASE("An offer that OpenSSL refuses", "[probe][postfix]") {
  const auto greet = [](Peer& p) {
    greet_and_hear_starttls(p);
    p.say("220 go\r\n");
    p.wait();
  };
  SECTION("no protocol version is left") {
    const auto failed = failure(probe_script_as_postfix(greet, postfix_offer("may", {})));
    CHECK(failed.alert == "no protocols available");
    CHECK(details_of(failed).error == "-1");
    CHECK(without_line_number(details_of(failed).library_errors.at(0)) ==
          "error:0A0000BF:SSL routines::no protocols available:../ssl/statem/statem_lib.c::");
  }
  SECTION("no cipher of that name") {
    auto offer = may;
    offer.ciphers = "NONSENSE";
    const auto failed = failure(probe_script_as_postfix(greet, offer));
    CHECK(failed.kind == ProbeFailure::handshake_failed);
    CHECK(failed.alert == "no cipher match");
    CHECK(details_of(failed).error.empty());
    CHECK(without_line_number(details_of(failed).library_errors.at(0)) ==
          "error:0A0000B9:SSL routines::no cipher match:../ssl/ssl_lib.c::");
  }
}

TEST_CASE("TLS stood, then the server hung up", "[probe][postfix]") {
  SECTION("it wanted a client certificate") {
    auto setup = one_chain(x509::KeyType::rsa);
    setup.demand_client_certificate = true;
    ServerTls tls(setup);
    const auto failed =
        failure(probe_script_as_postfix([&tls](Peer& p) { greet_and_start_tls(p, tls); }, may));
    CHECK(failed.kind == ProbeFailure::handshake_failed);
    CHECK(failed.alert == "certificate required");
    const auto details = details_of(failed);
    CHECK(details.stage == ProbeStage::in_tls);
    CHECK(details.error.empty());
    REQUIRE(details.library_errors.size() == 1);
    CHECK(without_line_number(details.library_errors[0]) ==
          "error:0A00045C:SSL routines::tlsv13 alert certificate required:"
          "../ssl/record/rec_layer_s3.c::SSL alert number 116:");
    REQUIRE(details.session);
    CHECK(details.session->chain.size() == 1);
    CHECK(summary(*details.session) ==
          "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 "
          "server-signature RSA-PSS (2048 bits) server-digest SHA256");
  }
  SECTION("without a word") {
    const bool reset = GENERATE(false, true);
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    auto setup = one_chain();
    setup.max_version = version;
    ServerTls tls(setup);
    const auto failed = failure(probe_script_as_postfix(
        [&tls, reset](Peer& p) {
          greet_and_start_tls(p, tls);
          if (reset) p.reset();
        },
        may));
    CHECK(failed.kind == ProbeFailure::closed);
    CHECK(details_of(failed).stage == ProbeStage::in_tls);
    CHECK(details_of(failed).session);
  }
  SECTION("with 421") {
    ServerTls tls(one_chain());
    const auto failed = failure(probe_script_as_postfix(
        [&tls](Peer& p) {
          greet_and_start_tls(p, tls);
          static_cast<void>(p.hear());
          p.say("421-4.7.1 no\r\n421 4.7.1 certificate\r\n");
          expect(p, "QUIT");
        },
        may));
    CHECK(failed.kind == ProbeFailure::greeting_rejected);
    CHECK(failed.reply == "421-4.7.1 no\n421 4.7.1 certificate");
    CHECK(details_of(failed).session);
  }
  SECTION("with silence") {
    ServerTls tls(one_chain());
    const auto failed = failure(probe_script_as_postfix(
        [&tls](Peer& p) {
          greet_and_start_tls(p, tls);
          p.wait();
        },
        may, 3s));
    CHECK(failed.kind == ProbeFailure::timeout);
    CHECK(details_of(failed).stage == ProbeStage::in_tls);
  }
}

TEST_CASE("Connections that fail, in Postfix's words", "[probe][postfix]") {
  SECTION("refused") {
    ProbeRequest request;
    {
      const FakeServer gone([](Peer&) {});
      request = request_with(gone, may);
    }
    const auto failed = failure(test::probe(request));
    CHECK(failed.kind == ProbeFailure::refused);
    CHECK(details_of(failed) == FailureDetails{ProbeStage::connect, "Connection refused", {}, {}});
  }
  SECTION("no route") {
    ProbeRequest request;
    request.endpoint = {IpAddress::parse("127.255.255.255").value(), 25};
    request.tls = may;
    CHECK(details_of(failure(test::probe(request))).error == "Network is unreachable");
  }
}

TEST_CASE("Where the dialogue broke off", "[probe][postfix]") {
  struct Case {
    FakeServer::Script script;
    ProbeFailure kind;
    ProbeStage stage;
  };
  const auto ehlo = [](Peer& p) {
    p.say("220 mx\r\n");
    static_cast<void>(p.hear());
  };
  const auto c = GENERATE_COPY(values<Case>({
      {[](Peer&) {}, ProbeFailure::closed, ProbeStage::greeting},
      {[](Peer& p) { p.reset(); }, ProbeFailure::closed, ProbeStage::greeting},
      {[](Peer& p) { p.say("HTTP/1.1 400 Bad Request\r\n\r\n"); }, ProbeFailure::closed,
       ProbeStage::greeting},
      {[](Peer& p) { p.say("220-mx\r\n"); }, ProbeFailure::closed, ProbeStage::greeting},
      {ehlo, ProbeFailure::closed, ProbeStage::ehlo},
      {[=](Peer& p) {
         ehlo(p);
         p.say("502 what\r\n");
         expect(p, "HELO x.example");
       },
       ProbeFailure::closed, ProbeStage::helo},
      {[](Peer& p) { greet_and_hear_starttls(p); }, ProbeFailure::closed, ProbeStage::starttls},
      {[](Peer& p) {
         p.say("garbage\r\n");
         p.wait();
       },
       ProbeFailure::greeting_timeout, ProbeStage::greeting},
      {[=](Peer& p) {
         ehlo(p);
         p.wait();
       },
       ProbeFailure::timeout, ProbeStage::ehlo},
      {[](Peer& p) {
         greet_and_hear_starttls(p);
         p.wait();
       },
       ProbeFailure::timeout, ProbeStage::starttls},
  }));
  const auto failed = failure(probe_script_as_postfix(
      c.script, may, 3s, {.helo = "x.example", .greeting_timeout = std::chrono::seconds(1)}));
  CHECK(failed.kind == c.kind);
  CHECK(details_of(failed).stage == c.stage);
  CHECK(details_of(failed).error.empty());
}

TEST_CASE("A handshake that does not end", "[probe][postfix]") {
  const auto failed =
      failure(probe_script_as_postfix(after_hello([](Peer& p) { p.wait(); }), may, 3s));
  CHECK(failed.kind == ProbeFailure::timeout);
  CHECK(details_of(failed) ==
        FailureDetails{ProbeStage::handshake, "Connection timed out", {}, {}});
}

TEST_CASE("Plaintext in one packet with the reply to STARTTLS is dropped", "[probe][postfix]") {
  ServerTls tls(one_chain());
  const auto result = probe_script_as_postfix(
      [&tls](Peer& p) {
        greet_and_hear_starttls(p);
        p.say("220 go\r\n250 injected\r\n");
        p.start_tls(tls);
        static_cast<void>(p.hear());
        p.say("250 mx\r\n");
        expect(p, "QUIT");
      },
      may);
  CHECK(presented(result).chain.size() == 1);
  REQUIRE_FALSE(result.dialogue.empty());
  CHECK(result.dialogue.back() == "S: 250 injected");
}
