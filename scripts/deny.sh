#!/usr/bin/env bash
# Asks cargo-deny about what is built in. The data base of advisories is fetched; where it cannot be, the rest is asked
# all the same, and it is said.
set -euo pipefail
source "$(dirname "$0")/env.sh"
cd "$ROOT"
cargo deny check licenses bans sources
if cargo deny fetch db 2>/dev/null; then
  cargo deny check advisories
else
  say "the data base of advisories cannot be reached: advisories were not checked"
fi
