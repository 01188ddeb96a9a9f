#!/usr/bin/env bash
# Builds the release page into dist/; it works from any folder of any web server.
set -euo pipefail
source "$(dirname "$0")/env.sh"
choose_toolchain
cd "$ROOT"
for_wasm trunk build --release "$@"
say "dist/ holds the page"
