#include "libdane/dns/getdns_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "dane/core/text.hpp"

namespace dane::dns {
namespace {

tl::unexpected<Error> missing() {
  const char* const why = ::dlerror();
  return fail("validator-missing",
              fmt::format("the validator getdns cannot be loaded: {}",
                          printable(why != nullptr ? why : "no such function", 200)),
              {}, "install libgetdns (on Debian: libgetdns10), or let unbound validate alone");
}

Result<GetdnsLibrary> load() {
  // Never closed: its threads may outlive every resolver.
  void* const library = ::dlopen(DANE_GETDNS_SONAME, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return missing();
  GetdnsLibrary functions;
#define DANE_GETDNS_LOAD(name)                                                                    \
  functions.name = reinterpret_cast<decltype(functions.name)>(::dlsym(library, "getdns_" #name)); \
  if (functions.name == nullptr) return missing();
  DANE_GETDNS_FUNCTIONS(DANE_GETDNS_LOAD)
#undef DANE_GETDNS_LOAD
  return functions;
}

}  // namespace

const Result<GetdnsLibrary>& load_getdns() {
  static const auto library = load();
  return library;
}

}  // namespace dane::dns
