#!/bin/bash
# The linter of the vectors has to notice each fault by itself, or it checks nothing.
set -u
source=$1
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
failed=0

fresh_copy() {
  rm -rf "$work/tree"
  mkdir "$work/tree"
  cp -rL "$source/vectors" "$work/tree/"
  for folder in include libdane man scripts tests tools; do ln -s "$source/$folder" "$work/tree/$folder"; done
}

# plant WHAT PATTERN FILE FROM TO: replaces the first FROM in FILE by TO; a complaint must match PATTERN.
plant() {
  fresh_copy
  python3 - "$work/tree/vectors/$3" "$4" "$5" <<'EOF' || { echo "$1: cannot be planted"; failed=1; return; }
import pathlib, sys
path, old, new = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
text = path.read_text()
if old not in text:
    sys.exit(1)
path.write_text(text.replace(old, new, 1))
EOF
  if "$source/scripts/check-vectors" "$work/tree" >"$work/said"; then
    echo "not noticed: $1"
    failed=1
  elif ! grep -Eq "$2" "$work/said"; then
    echo "noticed, but not as \"$2\": $1"
    cat "$work/said"
    failed=1
  fi
}

"$source/scripts/check-vectors" "$source" || { echo "the vectors themselves have faults"; exit 1; }
tab=$'\t'
owners=tlsa/owner.json
plant "a field too many" "unexpected" $owners '"input": {' '"planted": 1, "input": {'
plant "an id that stands twice" "stands in" $owners '"tlsa::owner::https"' '"tlsa::owner::smtp"'
plant "an id of another file" "does not fit" $owners '"tlsa::owner::https"' '"tlsa::digest::https"'
plant "a rule that is not in the table" "names D99" $owners '"D11"' '"D99"'
plant "a generator that is not there" "generator" $owners scripts/vectors/tlsa.py scripts/vectors/none.py
plant "a rule missing from the table" "missing D11" rules.tsv "D11$tab" "D99$tab"
plant "a row with too few columns" "six filled columns" rules.tsv "D11$tab" "D11 "
plant "an unknown level" "level is" rules.tsv "D11${tab}D$tab" "D11${tab}X$tab"
plant "cover that no vector gives" "cover of O8" rules.tsv "usages 2 and 3.${tab}none" "usages 2 and 3.${tab}vector"
plant "a vector file that does not name the rule" "O8 names" rules.tsv "There is no code for certificate" "vectors/tlsa/owner.json, certificate"
plant "a path that is not there" "tests/smtp/none.cpp" rules.tsv tests/smtp/policy.cpp tests/smtp/none.cpp
plant "words that the test does not have" "planted words" rules.tsv '"TLSA outcomes decide' '"planted words decide'
plant "a lab row that does not name the rule" "names null-mx.test" rules.tsv "cases.tsv (good-311.test" "cases.tsv (null-mx.test"
exit $failed
