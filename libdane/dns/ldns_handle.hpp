/// \file  ldns objects that free themselves, and names in and out of ldns.  Internal.
#pragma once

#include <memory>

#include "dane/core/domain_name.hpp"

#include "libdane/dns/ldns.hpp"

namespace dane::dns {

struct LdnsDelete {
  void operator()(ldns_pkt* p) const { ldns_pkt_free(p); }
  void operator()(ldns_rr* p) const { ldns_rr_free(p); }
  void operator()(ldns_rdf* p) const { ldns_rdf_deep_free(p); }
  void operator()(ldns_buffer* p) const { ldns_buffer_free(p); }
};
using LdnsPacket = std::unique_ptr<ldns_pkt, LdnsDelete>;
using LdnsRecord = std::unique_ptr<ldns_rr, LdnsDelete>;
using LdnsData = std::unique_ptr<ldns_rdf, LdnsDelete>;
using LdnsBuffer = std::unique_ptr<ldns_buffer, LdnsDelete>;

[[nodiscard]] inline ByteView view_of(const ldns_rdf* rdf) {
  return {reinterpret_cast<const std::byte*>(ldns_rdf_data(rdf)), ldns_rdf_size(rdf)};
}

[[nodiscard]] inline Result<DomainName> name_of(const ldns_rdf* rdf) {
  if (rdf == nullptr || ldns_rdf_get_type(rdf) != LDNS_RDF_TYPE_DNAME)
    return fail("domain-wire-invalid", "a domain name is missing");
  return DomainName::decode_wire(view_of(rdf));
}

[[nodiscard]] inline LdnsData rdf_of(const DomainName& name) {
  const Bytes wire = name.to_wire();
  return LdnsData(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, wire.size(), wire.data()));
}

}  // namespace dane::dns
