#!/bin/bash
# The checker has to fail on a tree with one wrong include, or it checks nothing.
set -u
copy=$(mktemp -d) && trap 'rm -rf "$copy"' EXIT
cp -r "$1/include" "$1/libdane" "$copy/" || exit 1
"$1/scripts/check-layout" "$copy" >/dev/null || { echo "the tree itself has faults"; exit 1; }
echo '#include "dane/smtp/facts.hpp"' >> "$copy/libdane/core/bytes.cpp"
"$1/scripts/check-layout" "$copy" >/dev/null && { echo "a wrong include was not noticed"; exit 1; }
exit 0
