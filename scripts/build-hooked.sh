#!/usr/bin/env bash
# Builds, into target/hooked/, a page that panics when it is told to: for tests/e2e/panic.test.mjs alone.
set -euo pipefail
source "$(dirname "$0")/env.sh"
choose_toolchain
cd "$ROOT"
for_wasm trunk build --features test-hooks --dist "${CARGO_TARGET_DIR:-target}/hooked" "$@"
say "${CARGO_TARGET_DIR:-target}/hooked holds a page that can be made to fail"
