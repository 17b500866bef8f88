/// \file  The one place where ldns comes in.  Internal.
#pragma once

#include <ldns/ldns.h>

// It makes macros of these words, which breaks every header that comes after it.
#undef bool
#undef true
#undef false
