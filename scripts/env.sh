# Sourced by the other scripts: where the tools are, and which toolchain builds wasm32.
# Sets WASM_TOOLCHAIN: empty for the active toolchain, "debian" where only Debian's one has wasm32.

# Equal to the pins in Cargo.toml, Trunk.toml and tests/e2e/package.json.
BINDGEN_VERSION=0.2.130
TRUNK_VERSION=0.21.14
# Only for `make deny`.
DENY_VERSION=0.18.3
# Only for `make bench`.
SIMPY_VERSION=4.1.1

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Per user and keyed by version, so that a fresh clone finds the tools that another one built.
TOOLS=${MILLRACE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace-tools}
export BENCH_PYTHON=$TOOLS/simpy-$SIMPY_VERSION/bin/python
DEBIAN_STAMP=/usr/lib/rustlib/wasm32-unknown-unknown/.built-for

# cargo's own folder in front: where Debian's cargo is installed too, rustup's must win.
PATH="$ROOT/tests/e2e/node_modules/.bin:$TOOLS/cargo-deny-$DENY_VERSION/bin:$TOOLS/trunk-$TRUNK_VERSION/bin:$TOOLS/wasm-bindgen-$BINDGEN_VERSION/bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
export PATH

say() { printf '\033[1m[setup]\033[0m %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# active_has_wasm: does the active toolchain carry std for wasm32?
active_has_wasm() {
  local lib
  lib=$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null) || return 1
  compgen -G "$lib/libstd-*.rlib" >/dev/null
}

# debian_has_wasm: did we build std for the Debian compiler that is installed now?
debian_has_wasm() {
  [ -x /usr/bin/rustc ] && [ -f "$DEBIAN_STAMP" ] &&
    [ "$(cat "$DEBIAN_STAMP")" = "$(/usr/bin/rustc -V)" ] &&
    rustup toolchain list 2>/dev/null | grep -q '^debian'
}

# choose_toolchain: sets WASM_TOOLCHAIN, or fails when nothing can build wasm32.
choose_toolchain() {
  if active_has_wasm; then
    WASM_TOOLCHAIN=
  elif debian_has_wasm; then
    WASM_TOOLCHAIN=debian
  else
    return 1
  fi
  export WASM_TOOLCHAIN
}

# for_wasm CMD...: runs a command with the toolchain that can build wasm32.
for_wasm() {
  if [ -n "${WASM_TOOLCHAIN:-}" ]; then
    RUSTUP_TOOLCHAIN=$WASM_TOOLCHAIN "$@"
  else
    "$@"
  fi
}

# browser and driver: the first that exists, unless CHROMIUM and CHROMEDRIVER name them.
find_first() {
  local name
  for name in "$@"; do
    if have "$name"; then command -v "$name"; return 0; fi
  done
  return 1
}
find_browser() {
  CHROMIUM=${CHROMIUM:-$(find_first chromium chromium-browser google-chrome google-chrome-stable || true)}
  CHROMEDRIVER=${CHROMEDRIVER:-$(find_first chromedriver || true)}
  export CHROMIUM CHROMEDRIVER
}
