#!/usr/bin/env bash
# Builds what is measured and what it is measured beside, then measures. `bench.sh PART...` runs single parts (models,
# kinesalite, drawing, page, travel, scale) without writing the README; BENCH_BUILT=1 takes what was built before.
set -euo pipefail
source "$(dirname "$0")/env.sh"
choose_toolchain
find_browser
cd "$ROOT"
TARGET=${CARGO_TARGET_DIR:-target}
OUT=$ROOT/target/bench
# The same as Trunk gives to the page (static/index.html), so that what is measured is built like the page.
WASM_OPT=$(sed -nE 's/.*data-wasm-opt-params="([^"]*)".*/\1/p' static/index.html)
WASM_OPT_LEVEL=$(sed -nE 's/.*data-wasm-opt="([^"]*)".*/\1/p' static/index.html)

# bench_wasm NAME: builds package millrace-bench-NAME into target/bench/NAME/NAME.js and NAME_bg.wasm, and puts what
# lies in benches/NAME/static beside them.
bench_wasm() {
  local name=$1 dir=$OUT/$1
  say "building $name for wasm32"
  for_wasm cargo build -q --release --target wasm32-unknown-unknown -p "millrace-bench-$name" --lib
  rm -rf "$dir" && mkdir -p "$dir"
  wasm-bindgen "$TARGET/wasm32-unknown-unknown/release/millrace_bench_$name.wasm" \
    --target web --no-typescript --out-dir "$dir" --out-name "$name"
  # shellcheck disable=SC2086
  wasm-opt -O"$WASM_OPT_LEVEL" $WASM_OPT "$dir/${name}_bg.wasm" -o "$dir/${name}_bg.wasm"
  if [ -d "benches/$name/static" ]; then cp -r "benches/$name/static/." "$dir/"; fi
}

if [ -z "${BENCH_BUILT:-}" ]; then
  say "building the engine's part natively"
  cargo build -q --release -p millrace-bench-models
  for name in models drawing minimal; do
    if [ -f "benches/$name/Cargo.toml" ]; then bench_wasm "$name"; fi
  done
  say "building the page"
  scripts/build.sh
fi
node benches/run.mjs "$@"
