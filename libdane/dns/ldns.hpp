/// \file  The one place where ldns comes in.  Internal.
#pragma once

#include <ldns/ldns.h>
#include <stdbool.h>  // first: without it ldns makes macros of bool, true and false
