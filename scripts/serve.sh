#!/usr/bin/env bash
# Builds the page, serves it on this machine and rebuilds it on every change.
set -euo pipefail
source "$(dirname "$0")/env.sh"
choose_toolchain
cd "$ROOT"
say "Millrace stands at http://127.0.0.1:8080/ as soon as the first build is done; Ctrl-C ends it"
# Into a folder of its own, so that the release page in dist/ stays what it is.
mkdir -p target/serve
for_wasm trunk serve --address 127.0.0.1 --port 8080 --dist target/serve "$@"
