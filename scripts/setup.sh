#!/usr/bin/env bash
# Installs what is missing, and only that: `setup.sh serve` what building needs, `setup.sh test` also the browser
# and the linters, `setup.sh bench` what the product is measured beside, `setup.sh deny` only cargo-deny. Each part tries the ordinary network way first and falls back to Debian's packages and to the
# package registries. With nothing missing it takes about a second.
set -euo pipefail
source "$(dirname "$0")/env.sh"
WHAT=${1:-serve}
STARTED=$SECONDS
DID=0

# begin TEXT, finish: say what is being done, then how long it took.
begin() { DID=1; BEGAN=$SECONDS; say "$*"; }
finish() { say "  done in $((SECONDS - BEGAN)) s"; }

# limit SECONDS CMD...: a machine without `timeout` (a Mac) waits as long as the command does.
limit() {
  if have timeout; then timeout "$@"; else shift; "$@"; fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else
    say "root is needed for: $*"
    return 1
  fi
}

# apt PACKAGE...: installs Debian packages; the package lists are fetched again only if the first try fails.
apt() {
  have apt-get || { say "no apt-get here; please install by hand: $*"; return 1; }
  begin "installing Debian packages: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 || {
    as_root apt-get update >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null
  }
  finish
}

need_rust() {
  have cargo && have rustc && return
  say "Rust is missing: install it from https://rustup.rs, then run this again."
  exit 1
}

# Builds std for wasm32 from Debian's sources, with Debian's compiler, and puts it where that compiler looks.
build_debian_std() {
  local work lib=/usr/lib/rustlib/wasm32-unknown-unknown/lib
  [ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -d /usr/lib/rustlib/src/rust/library ] &&
    [ -x /usr/lib/llvm-22/bin/lld ] || apt rustc-web cargo-web rust-web-src lld-22
  begin "building the wasm32 standard library from Debian's sources (about a minute)"
  work=$(mktemp -d)
  mkdir -p "$work/src"
  echo '#![no_std]' >"$work/src/lib.rs"
  printf '[package]\nname = "stub"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$work/Cargo.toml"
  # Bitcode is embedded because the page is built with lto, which reads it from every library.
  (cd "$work" && env -u CARGO_TARGET_DIR RUSTFLAGS=-Cembed-bitcode=yes RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc \
    /usr/bin/cargo build -q -Zbuild-std=core,alloc,std,panic_abort,proc_macro,test \
    --target wasm32-unknown-unknown --release)
  as_root mkdir -p "$lib" /usr/lib/rustlib/x86_64-unknown-linux-gnu/bin
  as_root rm -f "$lib"/lib*.rlib
  rm -f "$work"/target/wasm32-unknown-unknown/release/deps/libstub-*
  as_root cp "$work"/target/wasm32-unknown-unknown/release/deps/lib*.rlib "$lib/"
  as_root ln -sf /usr/lib/llvm-22/bin/lld /usr/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld
  /usr/bin/rustc -V | as_root tee "$DEBIAN_STAMP" >/dev/null
  rm -rf "$work"
  # What was compiled against an older std no longer links (error E0460).
  rm -rf "${CARGO_TARGET_DIR:-$ROOT/target}/wasm32-unknown-unknown"
  finish
}

need_wasm_std() {
  choose_toolchain && return
  begin "no wasm32 target: trying rustup target add (60 seconds at most)"
  if have rustup && RUSTUP_MAX_RETRIES=0 limit 60 rustup -q target add wasm32-unknown-unknown >/dev/null 2>&1; then
    finish
    choose_toolchain && return
  fi
  say "rustup cannot reach its server; falling back to Debian's Rust for wasm32"
  have rustup || { say "rustup is needed to hold two toolchains"; exit 1; }
  [ -f "$DEBIAN_STAMP" ] && [ "$(cat "$DEBIAN_STAMP")" = "$(/usr/bin/rustc -V 2>/dev/null)" ] || build_debian_std
  rustup toolchain link debian /usr
  choose_toolchain || { say "wasm32 still cannot be built"; exit 1; }
}

# cargo_tool NAME VERSION FOLDER PROGRAM: builds a tool into the cache, unless this version is already there.
# Unoptimised: the tools are quick enough, and they build in less than half of the time.
cargo_tool() {
  local name=$1 version=$2 folder=$3 program=$4
  if have "$program" && "$program" --version 2>/dev/null | grep -qF "$version"; then return; fi
  begin "building $name $version (minutes, once for this user)"
  local build=(env CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_TARGET_DIR="$TOOLS/build"
    cargo install -q "$name" --version "$version" --root "$TOOLS/$folder-$version")
  mkdir -p "$TOOLS"
  # With the tool's own lock first; a lock may name a version that the registry at hand does not have.
  (cd "$TOOLS" && { "${build[@]}" --locked 2>/dev/null || "${build[@]}"; })
  rm -rf "$TOOLS/build"
  finish
}

need_node() {
  have node || apt nodejs npm
  local dir="$ROOT/tests/e2e"
  [ "$dir/node_modules/.package-lock.json" -nt "$dir/package-lock.json" ] && return
  begin "installing the npm packages of tests/e2e (wasm-opt, page driver, axe)"
  (cd "$dir" && npm ci --no-fund --no-audit --loglevel=error >/dev/null)
  touch "$dir/node_modules/.package-lock.json"
  finish
}

need_browser() {
  local packages=()
  find_browser
  [ -n "$CHROMIUM" ] || packages+=(chromium)
  [ -n "$CHROMEDRIVER" ] || packages+=(chromium-driver)
  # Inter is what the style sheet asks for first; without it the screens that are compared look different.
  if have dpkg; then
    dpkg -s fonts-inter >/dev/null 2>&1 || packages+=(fonts-inter)
    dpkg -s fonts-dejavu-core >/dev/null 2>&1 || packages+=(fonts-dejavu-core)
  fi
  [ ${#packages[@]} = 0 ] || apt "${packages[@]}"
}

need_linters() {
  cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
  cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
  if [ -n "$WASM_TOOLCHAIN" ] && [ ! -x /usr/bin/cargo-clippy ]; then apt rust-web-clippy; fi
}

# need_peers: what the benchmarks measure beside, from npm and PyPI, into folders of their own.
need_peers() {
  local dir="$ROOT/benches/peers"
  if [ ! "$dir/node_modules/.package-lock.json" -nt "$dir/package-lock.json" ]; then
    begin "installing the npm packages of benches/peers (kinesalite, uPlot, Lighthouse)"
    (cd "$dir" && npm ci --no-fund --no-audit --loglevel=error >/dev/null)
    touch "$dir/node_modules/.package-lock.json"
    finish
  fi
  if "$BENCH_PYTHON" -c 'import simpy' >/dev/null 2>&1; then return; fi
  have python3 || apt python3
  # without this package Debian's python3 makes environments that lack pip
  python3 -c 'import ensurepip' >/dev/null 2>&1 || apt python3-venv
  begin "installing SimPy $SIMPY_VERSION"
  rm -rf "${BENCH_PYTHON%/bin/*}"
  python3 -m venv "${BENCH_PYTHON%/bin/*}"
  "$BENCH_PYTHON" -m pip install -q "simpy==$SIMPY_VERSION"
  finish
}

need_rust
if [ "$WHAT" = deny ]; then
  have cargo-deny || cargo_tool cargo-deny "$DENY_VERSION" cargo-deny cargo-deny
  exit
fi
need_wasm_std
cargo_tool wasm-bindgen-cli "$BINDGEN_VERSION" wasm-bindgen wasm-bindgen
cargo_tool trunk "$TRUNK_VERSION" trunk trunk
need_node
if [ "$WHAT" = test ]; then
  need_browser
  need_linters
fi
if [ "$WHAT" = bench ]; then
  need_browser
  need_peers
fi
if [ "$DID" = 0 ]; then say "nothing is missing"; else say "ready after $((SECONDS - STARTED)) s"; fi
[ -z "$WASM_TOOLCHAIN" ] || say "wasm32 is built with the toolchain \"$WASM_TOOLCHAIN\""
