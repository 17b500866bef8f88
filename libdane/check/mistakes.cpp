#include "libdane/check/mistakes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "libdane/check/digest_forms.hpp"
#include "libdane/check/words.hpp"

namespace dane::check {

namespace {

using tlsa::CertificateUsage;
using tlsa::MatchingType;
using tlsa::Record;
using tlsa::Selector;

constexpr std::size_t most_chains = 8;
constexpr std::size_t most_certificates = 10;
constexpr std::size_t shortest_cut_digest = 8;   // fewer octets could be equal by chance
constexpr std::size_t shortest_cut_object = 64;  // keys of one kind begin with the same octets

std::string_view digest_name(MatchingType type) {
  if (type == MatchingType::sha2_256) return "the SHA-256 digest of ";
  if (type == MatchingType::sha2_512) return "the SHA-512 digest of ";
  return "";
}

std::string_view object_name(Selector selector) {
  return selector == Selector::cert ? "the whole certificate" : "the public key";
}

bool starts_with(ByteView whole, ByteView front) {
  return whole.size() >= front.size() && std::ranges::equal(whole.first(front.size()), front);
}

using Candidate = MistakeFinder::Candidate;
using WrongForm = MistakeFinder::WrongForm;

/// How the data relates to what it could be: equal, cut, longer, or its hexadecimal text.
std::optional<std::string> relation(ByteView data, const Candidate& candidate) {
  const ByteView expected = candidate.octets;
  const bool is_digest = candidate.type != MatchingType::full;
  if (std::ranges::equal(data, expected)) return "";
  const auto shortest = is_digest ? shortest_cut_digest : shortest_cut_object;
  if (data.size() >= shortest && starts_with(expected, data))
    return fmt::format(", cut to {} of its {} octets", data.size(), expected.size());
  if (!is_digest) return std::nullopt;
  if (starts_with(data, expected))
    return fmt::format(", followed by {} more", count(data.size() - expected.size(), "octet"));
  if (data.size() != candidate.hex.size()) return std::nullopt;
  auto text = to_octets(data);
  for (auto& c : text) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  if (text == candidate.hex) return ", written in hexadecimal twice";
  return std::nullopt;
}

/// One reading of the data: what it really is, and how far that is from what the record says.
struct Reading {
  std::size_t position = 0;
  Selector selector{};
  MatchingType type{};
  std::string relation;  ///< empty: equal octets
  const x509::Chain* chain = nullptr;
};

int differences(const Record& record, const Reading& reading) {
  return int{reading.selector != record.selector} + int{reading.type != record.matching_type} +
         int{!reading.relation.empty()} + int{!looks_at(record, reading.position)};
}

MistakeKind kind_of(const Record& record, const Reading& reading) {
  if (reading.selector != record.selector) return MistakeKind::selector;
  if (reading.type != record.matching_type || !reading.relation.empty())
    return MistakeKind::matching_type;
  return MistakeKind::usage;
}

Bytes represent(const x509::Certificate& certificate, Selector selector, MatchingType type) {
  const auto& object = selector == Selector::cert ? certificate.der() : certificate.spki_der();
  if (type == MatchingType::sha2_256) return x509::sha256(object);
  if (type == MatchingType::sha2_512) return x509::sha512(object);
  return object;
}

std::vector<Candidate> candidates_of(const std::vector<x509::Chain>& chains) {
  constexpr std::array selectors{Selector::spki, Selector::cert};
  constexpr std::array types{MatchingType::sha2_256, MatchingType::sha2_512, MatchingType::full};
  std::vector<Candidate> candidates;
  for (std::size_t chain = 0; chain < chains.size(); ++chain) {
    for (std::size_t position = 0; position < chains[chain].size(); ++position) {
      for (const auto selector : selectors) {
        for (const auto type : types) {
          auto octets = represent(chains[chain][position], selector, type);
          auto hex = type == MatchingType::full ? std::string() : to_hex(octets);
          candidates.push_back(
              {chain, position, selector, type, std::move(octets), std::move(hex)});
        }
      }
    }
  }
  return candidates;
}

void add_forms(std::vector<WrongForm>& forms, std::size_t chain,
               std::optional<std::size_t> position, const std::vector<DigestForm>& more) {
  for (const auto& form : more)
    forms.push_back(
        {chain, position, form.what, x509::sha256(form.octets), x509::sha512(form.octets)});
}

std::vector<WrongForm> forms_of(const std::vector<x509::Chain>& chains) {
  std::vector<WrongForm> forms;
  for (std::size_t chain = 0; chain < chains.size(); ++chain) {
    for (std::size_t position = 0; position < chains[chain].size(); ++position)
      add_forms(forms, chain, position, wrong_forms(chains[chain][position]));
    add_forms(forms, chain, std::nullopt, chain_file_forms(chains[chain]));
  }
  return forms;
}

CertificateUsage usage_for(std::size_t position) {
  return position == 0 ? CertificateUsage::dane_ee : CertificateUsage::dane_ta;
}

/// What to publish for this certificate: its key, which survives renewals.
std::optional<Record> right_record(const x509::Certificate& certificate, std::size_t position) {
  auto made =
      tlsa::make_record(usage_for(position), Selector::spki, MatchingType::sha2_256, certificate);
  if (!made) return std::nullopt;
  return *made;
}

std::string whose(const x509::Chain& chain, std::size_t position) {
  return position == 0 ? " of the server's certificate"
                       : " of the CA certificate " + quoted(chain[position].subject());
}

std::string of_which(const x509::Chain& chain, std::size_t position) {
  return position == 0 ? "" : " (CA certificate " + quoted(chain[position].subject()) + ")";
}

std::string say_object(const Reading& reading) {
  const auto& chain = *reading.chain;
  if (reading.selector == Selector::cert && reading.position == 0)
    return "the server's whole certificate";
  if (reading.selector == Selector::cert)
    return "the whole CA certificate " + quoted(chain[reading.position].subject());
  return std::string(object_name(reading.selector)) + whose(chain, reading.position);
}

std::string say_differences(const Record& record, const Reading& reading) {
  std::vector<std::string> wrong;
  if (reading.selector != record.selector)
    wrong.push_back(fmt::format("selector {} would be right for it, the record says {}",
                                static_cast<int>(reading.selector),
                                static_cast<int>(record.selector)));
  if (reading.type != record.matching_type)
    wrong.push_back(fmt::format("matching type {} would be right for it, the record says {}",
                                static_cast<int>(reading.type),
                                static_cast<int>(record.matching_type)));
  if (!looks_at(record, reading.position))
    wrong.push_back(fmt::format("usage {} would be right for it, the record says {}",
                                static_cast<int>(usage_for(reading.position)),
                                static_cast<int>(record.usage)));
  return wrong.empty() ? "" : ": " + list(wrong);
}

Mistake explain(const Record& record, const Reading& reading) {
  Mistake mistake{.kind = kind_of(record, reading), .certain = true, .text = {}, .right = {}};
  mistake.text =
      fmt::format("The data of {} is {}{}{}{}.", show(record), digest_name(reading.type),
                  say_object(reading), reading.relation, say_differences(record, reading));
  mistake.right = right_record((*reading.chain)[reading.position], reading.position);
  return mistake;
}

std::optional<Mistake> guess_empty(const Record& record, const std::vector<x509::Chain>& chains) {
  for (const auto& [input, what] :
       {std::pair{"", "nothing (no input at all)"}, std::pair{"\n", "an empty line"}}) {
    const auto octets = to_bytes(input);
    if (record.association_data != x509::sha256(octets) &&
        record.association_data != x509::sha512(octets))
      continue;
    Mistake mistake{.kind = MistakeKind::empty_digest, .certain = true, .text = {}, .right = {}};
    mistake.text = fmt::format(
        "The data of {} is the digest of {}: the command that should have printed the key printed "
        "none (\"openssl rsa\" with an ECDSA key does that).",
        show(record), what);
    if (!chains.empty() && !chains.front().empty())
      mistake.right = right_record(chains.front().front(), 0);
    return mistake;
  }
  return std::nullopt;
}

std::optional<Mistake> guess_form(const Record& record, const std::vector<x509::Chain>& chains,
                                  const std::vector<WrongForm>& forms) {
  const auto& data = record.association_data;
  const auto form = std::ranges::find_if(
      forms, [&](const WrongForm& f) { return data == f.sha256 || data == f.sha512; });
  if (form == forms.end()) return std::nullopt;
  const auto& chain = chains[form->chain];
  const auto position = form->position.value_or(0);
  return Mistake{
      .kind = MistakeKind::pem_digest,
      .certain = true,
      .text = fmt::format(
          "The data of {} is a digest of {}{}. It has to be the digest of the DER octets.",
          show(record), form->what, form->position ? of_which(chain, position) : ""),
      .right = right_record(chain[position], position)};
}

std::optional<Mistake> guess_other_host(const Record& record,
                                        const std::vector<x509::Chain>& chains,
                                        const std::vector<NamedChain>& others) {
  // A CA serves many hosts; only a leaf belongs to one.
  if (!acts_as_ee(record)) return std::nullopt;
  const auto other = std::ranges::find_if(others, [&](const NamedChain& named) {
    return !named.chain.empty() && matches(record, named.chain.front());
  });
  if (other == others.end()) return std::nullopt;
  Mistake mistake{.kind = MistakeKind::other_host, .certain = true, .text = {}, .right = {}};
  mistake.text = fmt::format("The data of {} belongs to another host: it matches what {} presents.",
                             show(record), other->host);
  if (!chains.empty() && !chains.front().empty())
    mistake.right = right_record(chains.front().front(), 0);
  return mistake;
}

std::optional<Mistake> guess_from_length(const Record& record) {
  const char* name = nullptr;
  if (record.association_data.size() == 16) name = "an MD5";
  if (record.association_data.size() == 20) name = "a SHA-1";
  if (record.association_data.size() == 48) name = "a SHA-384";
  if (record.matching_type == MatchingType::full || name == nullptr) return std::nullopt;
  return Mistake{
      .kind = MistakeKind::matching_type,
      .certain = false,
      .text = fmt::format("The data of {} is as long as {} digest; probably it is one. TLSA "
                          "knows SHA-256 (1) and SHA-512 (2) only.",
                          show(record), name),
      .right = {}};
}

Mistake guess_stale(const Record& record) {
  return {.kind = MistakeKind::stale,
          .certain = false,
          .text = fmt::format(
              "The data of {} equals nothing known. Probably it stands for {}.", show(record),
              acts_as_ta(record) ? "an earlier issuer: CAs change their intermediate certificates"
              : record.selector == Selector::spki
                  ? "an earlier key: the last renewal made a new one"
                  : "an earlier certificate: with selector 0 every renewal needs a new record"),
          .right = {}};
}

}  // namespace

MistakeFinder::MistakeFinder(const std::vector<x509::Chain>& chains, std::vector<NamedChain> others)
    : others_(std::move(others)) {
  for (const auto& chain : chains) {
    if (chains_.size() == most_chains) break;
    if (chain.empty()) continue;
    const auto length = static_cast<std::ptrdiff_t>(std::min(chain.size(), most_certificates));
    chains_.emplace_back(chain.begin(), chain.begin() + length);
  }
}

/// Right for one of the chains, in a place where its usage looks.
bool MistakeFinder::is_right(const Record& record) const {
  return std::ranges::any_of(chains_, [&](const x509::Chain& chain) {
    for (std::size_t position = 0; position < chain.size(); ++position) {
      if (looks_at(record, position) && matches(record, chain[position])) return true;
    }
    return false;
  });
}

/// The digests are many: nobody pays for them whose records are right.
void MistakeFinder::prepare() {
  if (!candidates_.empty()) return;
  candidates_ = candidates_of(chains_);
  forms_ = forms_of(chains_);
}

std::optional<Mistake> MistakeFinder::guess(const Record& record) {
  if (is_right(record)) return std::nullopt;
  prepare();
  if (auto empty = guess_empty(record, chains_)) return empty;
  std::optional<Reading> best;
  for (const auto& candidate : candidates_) {
    auto how = relation(record.association_data, candidate);
    if (!how) continue;
    Reading reading{candidate.position, candidate.selector, candidate.type, std::move(*how),
                    &chains_[candidate.chain]};
    if (!best || differences(record, reading) < differences(record, *best))
      best = std::move(reading);
  }
  if (best && differences(record, *best) == 0) return std::nullopt;
  if (best) return explain(record, *best);
  if (auto form = guess_form(record, chains_, forms_)) return form;
  if (auto other = guess_other_host(record, chains_, others_)) return other;
  if (auto length = guess_from_length(record)) return length;
  return guess_stale(record);
}

std::string_view finding_id(MistakeKind kind) {
  switch (kind) {
    case MistakeKind::empty_digest:
      return "mistake-empty-digest";
    case MistakeKind::selector:
      return "mistake-selector";
    case MistakeKind::matching_type:
      return "mistake-matching-type";
    case MistakeKind::usage:
      return "mistake-usage";
    case MistakeKind::pem_digest:
      return "mistake-pem-digest";
    case MistakeKind::other_host:
      return "mistake-other-host";
    case MistakeKind::stale:
      break;
  }
  return "mistake-stale";
}

}  // namespace dane::check
