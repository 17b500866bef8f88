/// \file  getdns, loaded when a lookup first needs it.  Internal.
///
/// Most runs never do, and mapping it with what it needs takes as long as several lookups.
#pragma once

#include <getdns/getdns.h>
#include <getdns/getdns_extra.h>

#include "dane/core/error.hpp"

namespace dane::dns {

#define DANE_GETDNS_FUNCTIONS(X)            \
  X(context_create)                         \
  X(context_destroy)                        \
  X(context_set_appdata_dir)                \
  X(context_set_append_name)                \
  X(context_set_dnssec_trust_anchors)       \
  X(context_set_namespaces)                 \
  X(context_set_resolution_type)            \
  X(context_set_timeout)                    \
  X(context_set_trust_anchors_url)          \
  X(context_set_upstream_recursive_servers) \
  X(dict_create)                            \
  X(dict_destroy)                           \
  X(dict_get_bindata)                       \
  X(dict_get_int)                           \
  X(dict_set_int)                           \
  X(fp2rr_list)                             \
  X(general_sync)                           \
  X(get_errorstr_by_id)                     \
  X(list_create)                            \
  X(list_destroy)                           \
  X(list_set_dict)                          \
  X(str2dict)

/// getdns_NAME() of the library is NAME here.
struct GetdnsLibrary {
#define DANE_GETDNS_MEMBER(name) decltype(&::getdns_##name) name = nullptr;
  DANE_GETDNS_FUNCTIONS(DANE_GETDNS_MEMBER)
#undef DANE_GETDNS_MEMBER
};

/// Loads the library at the first call.  \return `validator-missing` when it is not installed.
[[nodiscard]] const Result<GetdnsLibrary>& load_getdns();

}  // namespace dane::dns
