#!/usr/bin/env bash
# Go's golang.org/x/mod/sumdb judges our notes, proofs and tiles, good and bad, and we judge a
# note of its. Needs the release build, or REDRESS_PROGRAMS, and Go.
set -eu -o pipefail
cd "$(dirname "$0")/../.."

fail() { echo "transparency: $*" >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fixtures=${REDRESS_PROGRAMS:-.build/release}/transparency-fixtures
[[ -x $fixtures ]] || fail "build it first: swift build -c release --product transparency-fixtures"

GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$folder/cache GOFLAGS= \
  go build -o "$folder/judge" Tests/Conformance/transparency-judge/judge.go

"$fixtures" write "$folder/fixtures"
"$folder/judge" check "$folder/fixtures"

# The judge has to notice what is wrong: a claim turned around, and a tile changed.
sed '0,/^inclusion bad/s//inclusion good/' "$folder/fixtures/claims" >"$folder/claims"
cp "$folder/claims" "$folder/fixtures/claims"
if "$folder/judge" check "$folder/fixtures" >/dev/null; then fail "the judge believes anything"; fi

"$folder/judge" sign "$folder/note" "$folder/vkey"
vkey=$(<"$folder/vkey")
"$fixtures" read "$folder/note" "$vkey" >"$folder/text"
diff "$folder/text" - <<<$'What Go signs,\n\nRedress must verify. ✓' || fail "the text differs"
sed 's/must/may/' "$folder/note" >"$folder/changed"
if "$fixtures" read "$folder/changed" "$vkey" >/dev/null; then fail "a changed note is believed"; fi
echo "transparency: Go and Redress believe each other's notes, and no others"
