#include "tests/verify/world.hpp"

#include <map>
#include <stdexcept>
#include <utility>

#include "tests/verify/extensions.hpp"

namespace dane::test {
namespace {

const std::string host = "mx.example.com";
constexpr std::size_t leaf_key = 9;

/// Key strength is nothing that the comparison looks at, and short keys are made fast.
Key key_of(x509::KeyType type, std::size_t index) {
  static std::map<std::pair<x509::KeyType, std::size_t>, Key> pool;
  Key& key = pool[{type, index}];
  if (!key) key = generate_key(type, index == leaf_key ? 2048 : 1024);
  return key;
}

/// Weaker than any security level but 0 takes; RSA in both worlds.
Key short_key() {
  static const Key key = generate_key(x509::KeyType::rsa, 768);
  return key;
}

CertificateSpec authority(const std::string& name, Key key) {
  CertificateSpec spec;
  spec.common_name = name;
  spec.is_ca = true;
  spec.key = std::move(key);
  return spec;
}

CertificateSpec leaf(std::vector<std::string> names, Key key) {
  CertificateSpec spec;
  spec.common_name = "leaf";
  spec.dns_names = std::move(names);
  spec.key = std::move(key);
  return spec;
}

CertificateSpec expired(CertificateSpec spec) {
  spec.not_after = world_expiry;
  return spec;
}

CertificateSpec not_yet(CertificateSpec spec) {
  spec.not_before = world_future;
  return spec;
}

CertificateSpec without_identifiers(CertificateSpec spec) {
  spec.key_identifiers = false;
  return spec;
}

}  // namespace

World::World(x509::KeyType type) {
  members_.reserve(100);  // references into it are kept while it grows
  add_roots(type);
  add_intermediates(type);
  add_odd_intermediates(type);
  add_leaves(type);
  add_odd_leaves(type);
  add_weak_leaves(type);
  add_lonely_leaves(type);
}

const Issued& World::add(const std::string& label, Issued issued, std::vector<std::string> issuers,
                         bool is_leaf) {
  require(members_.size() < members_.capacity(), "the world is full");
  members_.push_back({label, std::move(issued), std::move(issuers), is_leaf});
  return members_.back().issued;
}

const Member& World::at(const std::string& label) const {
  for (const Member& member : members_)
    if (member.label == label) return member;
  throw std::out_of_range("no " + label + " in the world");
}

std::vector<const Member*> World::leaves() const {
  std::vector<const Member*> out;
  for (const Member& member : members_)
    if (member.leaf) out.push_back(&member);
  return out;
}

std::vector<const Member*> World::authorities() const {
  std::vector<const Member*> out;
  for (const Member& member : members_)
    if (!member.leaf) out.push_back(&member);
  return out;
}

void World::add_roots(x509::KeyType type) {
  const auto root = authority("Root", key_of(type, 0));
  const auto& own = add("root", issue(root));
  add("root-expired", issue(expired(root)));
  const auto& other = add("other-root", issue(authority("Other Root", key_of(type, 1))));
  add("root-cross", cross_sign(root, own, other), {"other-root"});
  add("root-cross-expired", cross_sign(expired(root), own, other), {"other-root"});
  // Same name, another key, no identifiers to tell them apart.
  add("root-namesake", issue(without_identifiers(authority("Root", key_of(type, 2)))));
  CertificateSpec old = authority("Old Root", key_of(type, 3));
  old.version_1 = true;
  add("v1-root", issue(old));
  // Two CAs that certified each other, and no root at all.
  const Issued a = issue(authority("Ring A", key_of(type, 1)));
  const auto& b = add("ring-b", issue(authority("Ring B", key_of(type, 2)), &a), {"ring-a"});
  add("ring-a", cross_sign(authority("Ring A", a.key), a, b), {"ring-b"});
}

void World::add_intermediates(x509::KeyType type) {
  const Issued root = at("root").issued;
  const auto middle = authority("Intermediate", key_of(type, 4));
  const auto& ca = add("ca", issue(middle, &root), {"root"});
  add("ca-expired", issue(expired(middle), &root), {"root"});
  add("ca-future", issue(not_yet(middle), &root), {"root"});
  add("ca-by-other", cross_sign(middle, ca, at("other-root").issued), {"other-root"});
  CertificateSpec narrow = middle;
  narrow.path_length = 0;
  add("ca-pathlen-0", issue(narrow, &root), {"root"});
  const auto below = authority("Second Intermediate", key_of(type, 5));
  const auto& second = add("ca2", issue(below, &ca), {"ca", "root"});
  add("ca3", issue(authority("Third Intermediate", key_of(type, 6)), &second),
      {"ca2", "ca", "root"});
  add("ca-by-ring", issue(authority("Ring CA", key_of(type, 7)), &at("ring-b").issued),
      {"ring-b", "ring-a"});
  add("ca-by-v1",
      issue(without_identifiers(authority("CA of old", key_of(type, 6))), &at("v1-root").issued),
      {"v1-root"});
}

void World::add_odd_intermediates(x509::KeyType type) {
  const Issued root = at("root").issued;
  const Issued ca = at("ca").issued;
  CertificateSpec plain = authority("Intermediate", key_of(type, 4));
  plain.is_ca = false;
  add("ca-not-ca", issue(plain, &root), {"root"});
  CertificateSpec client = authority("Intermediate", key_of(type, 4));
  client.extended_key_usage = "clientAuth";
  add("ca-clients-only", issue(client, &root), {"root"});
  add("ca-no-certsign",
      with_extension(ca, NID_key_usage, "critical,digitalSignature,cRLSign", &root), {"root"});
  add("ca-keyusage-only", with_extension(ca, NID_basic_constraints, "", &root), {"root"});
  add("ca-permits", with_extension(ca, NID_name_constraints, "permitted;DNS:example.com", &root),
      {"root"});
  add("ca-excludes", with_extension(ca, NID_name_constraints, "excluded;DNS:example.com", &root),
      {"root"});
  add("ca-namesake", issue(without_identifiers(authority("Intermediate", key_of(type, 2))), &root),
      {"root"});
  add_weak_intermediates(type);
  // The same CA's next key, certified by its present one: self-issued, not self-signed.
  add("ca-self-issued", issue(authority("Intermediate", key_of(type, 8)), &ca), {"ca", "root"});
}

/// OpenSSL's security level 1 refuses them, but for a signature on the anchor itself.
void World::add_weak_intermediates(x509::KeyType type) {
  const Issued root = at("root").issued;
  add("ca-short-key", issue(authority("Short CA", short_key()), &root), {"root"});
  CertificateSpec old_digest = authority("Intermediate", key_of(type, 4));
  old_digest.signed_with_sha1 = true;
  add("ca-sha1", issue(old_digest, &root), {"root"});
}

void World::add_weak_leaves(x509::KeyType type) {
  const Issued ca = at("ca").issued;
  const std::vector<std::string> path{"ca", "root"};
  add("leaf-short-key", issue(leaf({host}, short_key()), &ca), path, true);
  add("leaf-by-short-key", issue(leaf({host}, key_of(type, leaf_key)), &at("ca-short-key").issued),
      {"ca-short-key", "root"}, true);
  CertificateSpec old_digest = leaf({host}, key_of(type, leaf_key));
  old_digest.signed_with_sha1 = true;
  add("leaf-sha1", issue(old_digest, &ca), path, true);
  add("alone-sha1", issue(old_digest), {}, true);
}

void World::add_leaves(x509::KeyType type) {
  const Issued ca = at("ca").issued;
  const Key key = key_of(type, leaf_key);
  const std::vector<std::string> path{"ca", "root"};
  add("leaf", issue(leaf({host}, key), &ca), path, true);
  add("leaf-wildcard", issue(leaf({"*.example.com"}, key), &ca), path, true);
  add("leaf-many", issue(leaf({"example.net", "example.com", host}, key), &ca), path, true);
  add("leaf-other-name", issue(leaf({"mx.example.net"}, key), &ca), path, true);
  add("leaf-expired", issue(expired(leaf({host}, key)), &ca), path, true);
  add("leaf-future", issue(not_yet(leaf({host}, key)), &ca), path, true);
  add("leaf-by-root", issue(leaf({host}, key), &at("root").issued), {"root"}, true);
  add("leaf-by-ca2", issue(leaf({host}, key), &at("ca2").issued), {"ca2", "ca", "root"}, true);
  add("leaf-by-ca3", issue(leaf({host}, key), &at("ca3").issued), {"ca3", "ca2", "ca", "root"},
      true);
  add("leaf-by-ring", issue(leaf({host}, key), &at("ca-by-ring").issued),
      {"ca-by-ring", "ring-b", "ring-a"}, true);
  add("leaf-by-v1", issue(without_identifiers(leaf({host}, key)), &at("ca-by-v1").issued),
      {"ca-by-v1", "v1-root"}, true);
  add("leaf-other-key", issue(leaf({host}, key_of(type, 10)), &ca), path, true);
}

void World::add_odd_leaves(x509::KeyType type) {
  const Issued ca = at("ca").issued;
  const Key key = key_of(type, leaf_key);
  const std::vector<std::string> path{"ca", "root"};
  CertificateSpec named = leaf({}, key);
  named.common_name = host;
  add("leaf-cn-only", issue(named, &ca), path, true);
  named.dns_names = {"example.net"};
  add("leaf-cn-unused", issue(named, &ca), path, true);
  add("leaf-partial-wildcard", issue(leaf({"m*.example.com"}, key), &ca), path, true);
  add("leaf-short-wildcard", issue(leaf({"*.com"}, key), &ca), path, true);
  add("leaf-nul", issue(leaf({host + std::string("\0.evil", 6)}, key), &ca), path, true);
  CertificateSpec client = leaf({host}, key);
  client.extended_key_usage = "clientAuth";
  add("leaf-clients-only", issue(client, &ca), path, true);
  CertificateSpec both = leaf({host}, key);
  both.extended_key_usage = "serverAuth,clientAuth";
  add("leaf-by-keyusage-only", issue(both, &ca), {"ca-keyusage-only", "root"}, true);
  add("leaf-no-identifiers", issue(without_identifiers(leaf({host}, key)), &ca), path, true);
  add("leaf-forged", issue(without_identifiers(leaf({host}, key)), &at("ca-namesake").issued), path,
      true);
  add("leaf-by-self-issued", issue(leaf({host}, key), &at("ca-self-issued").issued),
      {"ca-self-issued", "ca", "root"}, true);
  const Issued critical = issue(leaf({host}, key), &ca);
  add("leaf-unknown-critical", with_extension(critical, NID_netscape_comment, "critical,x", &ca),
      path, true);
}

void World::add_lonely_leaves(x509::KeyType type) {
  const Key key = key_of(type, leaf_key);
  add("alone", issue(leaf({host}, key)), {}, true);
  add("alone-other-name", issue(leaf({"mail.example.org"}, key)), {}, true);
  add("alone-expired", issue(expired(leaf({host}, key))), {}, true);
  CertificateSpec own_ca = leaf({host}, key);
  own_ca.is_ca = true;
  add("alone-ca", issue(own_ca), {}, true);
}

}  // namespace dane::test
