#!/usr/bin/env bash
# Runs the suites, all of them or those named: fmt clippy native cases web e2e (and
# fortnight and soak, which run only when they are named). Each prints one line of its own with what it
# counted; a suite that fails or that ran nothing fails the whole. The full output of each is in target/test-logs/.
set -euo pipefail
source "$(dirname "$0")/env.sh"
choose_toolchain
find_browser
cd "$ROOT"
LOGS=${CARGO_TARGET_DIR:-target}/test-logs
mkdir -p "$LOGS"
LINES=()
BAD=0
# How much of the real load the suite `web` plays.
REAL_TRACE_SPAN=${REAL_TRACE_SPAN:-6h}

# verdict NAME PASSED FAILED: notes a suite's line; nothing passed counts as a failure.
verdict() {
  local line="$1: $2 passed, $3 failed"
  [ "$2" -gt 0 ] || line="$line -- NOTHING RAN"
  [ "$2" -gt 0 ] && [ "$3" -eq 0 ] || BAD=1
  echo "$line ($((SECONDS - STARTED)) s)"
  LINES+=("$line")
}

# logged NAME CMD...: runs quietly; on failure shows the end of the output.
logged() {
  local name=$1
  shift
  STARTED=$SECONDS
  "$@" >"$LOGS/$name.log" 2>&1 && return 0
  echo "---- $name failed; the end of $LOGS/$name.log:"
  grep -nE '^(error|Error|driver|failed)|panicked|timed out|Timed out|not created|crashed' "$LOGS/$name.log" | head -n 20 || true
  tail -n 60 "$LOGS/$name.log"
  return 1
}

# results NAME: sums cargo's "test result" lines into PASSED and FAILED.
results() {
  PASSED=$(sed -nE 's/^test result: .* ([0-9]+) passed.*/\1/p' "$LOGS/$1.log" | awk '{n += $1} END {print n + 0}')
  FAILED=$(sed -nE 's/^test result: .* ([0-9]+) failed.*/\1/p' "$LOGS/$1.log" | awk '{n += $1} END {print n + 0}')
}

# A suite that died without saying so (a compile error, a lost browser) has failed, whatever it counted.
cargo_suite() {
  local name=$1 status=0
  logged "$@" || status=1
  results "$name"
  [ "$status" = 0 ] || [ "$FAILED" -gt 0 ] || FAILED=1
  verdict "$name" "$PASSED" "$FAILED"
}

# one_check NAME COUNT CMD...: a tool that only says yes or no, over COUNT files.
one_check() {
  local name=$1 count=$2
  shift 2
  if logged "$name" "$@"; then verdict "$name" "$count" 0; else verdict "$name" "$count" 1; fi
}

rust_files() { find "$@" -name '*.rs' -not -path '*/node_modules/*' | wc -l; }

suite_fmt() { one_check fmt "$(rust_files src engine tests)" cargo fmt --all -- --check; }

suite_clippy() {
  one_check clippy-native "$(rust_files src engine tests)" \
    cargo clippy --workspace --all-targets -- -D warnings
  one_check clippy-wasm "$(rust_files src engine/src tests)" \
    for_wasm cargo clippy -p millrace --all-targets --target wasm32-unknown-unknown -- -D warnings
}

suite_native() {
  cargo_suite native cargo test --workspace --no-fail-fast
  real_trace
  # The tidy tests are among them; they get a line of their own, so that their absence shows.
  verdict tidy "$(grep -cE '^test tidy::.* ok$' "$LOGS/native.log" || true)" \
    "$(grep -cE '^test tidy::.* FAILED$' "$LOGS/native.log" || true)"
}

# The real load of ../shared/traces is part of the native suite where it exists.
real_trace() {
  if [ -f ../shared/traces/elb_request_count.csv ]; then echo "real trace: run"; else echo "real trace: not run"; fi
}

# The tables of cases that others wrote lie beside the repository, not in it; the counts are of cases. Without them
# only the form of the committed counts is checked.
suite_cases() {
  local folder=${MILLRACE_CASES:-../shared/cases} board=static/scoreboard.json status=0 passed failed
  local runner=(cargo run --release -p millrace-engine --bin millrace -- cases)
  if [ ! -d "$folder" ]; then
    echo "cases: not run"
    LINES+=("cases: not run")
    logged cases "${runner[@]}" --form "$board" || verdict cases 0 1
    return
  fi
  logged cases "${runner[@]}" "$folder" --compare "$board" || status=1
  passed=$(sed -nE 's/^cases: ([0-9]+) passed.*/\1/p' "$LOGS/cases.log")
  failed=$(sed -nE 's/^cases: .* ([0-9]+) failed.*/\1/p' "$LOGS/cases.log")
  [ "$status" = 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
  verdict cases "${passed:-0}" "${failed:-0}"
}

# native_trace OPTION...: plays the real load natively, and lays the file and what came out where the browser's test
# fetches them (target/real-trace/; below the repository, since the runner of the tests serves that).
native_trace() {
  local folder=target/real-trace file=../shared/traces/elb_request_count.csv
  rm -rf "$folder"
  [ -f "$file" ] || return 0
  mkdir -p "$folder"
  cp "$file" "$folder/"
  # from here on the browser's test fails where it does not find the file
  export MILLRACE_REAL_TRACE=1
  cargo run --release -q -p millrace-engine --bin millrace -- \
    run trace --set "trace.file=$folder/${file##*/}" "$@" >"$folder/native.json"
}

# Walks at random natively, and lays what came of it where the browser's test fetches it (target/soak/). Unoptimised as
# the native suite is, so that nothing more is built.
native_walk() {
  mkdir -p target/soak
  cargo run -q -p millrace-engine --example soak -- digest 1 500 >target/soak/walk.json
  # from here on the browser's test fails where it does not find the file
  export MILLRACE_WALK=1
}

# A browser that is lost before it tells of any test (the driver cannot start it, its page crashes) is started once more;
# a test that fails is not run again.
in_browser() {
  local out=$LOGS/in-browser.log
  local test=(for_wasm cargo test -p millrace --target wasm32-unknown-unknown --test web)
  if "${test[@]}" >"$out" 2>&1; then cat "$out"; return 0; fi
  cat "$out"
  if grep -q '^test result:\|^error\[' "$out"; then return 1; fi
  echo "---- the browser was lost, it is started once more"
  "${test[@]}"
}

suite_web() {
  export WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-120}
  # the whole of the load takes minutes: see suite_fortnight
  if ! logged native-trace native_trace --until "$REAL_TRACE_SPAN"; then verdict web 0 1; return; fi
  if ! logged native-walk native_walk; then verdict web 0 1; return; fi
  real_trace
  cargo_suite web in_browser
}

# Not one of the suites of `make test`: the whole of the real load, natively and in the browser, to one digest.
suite_fortnight() {
  export WASM_BINDGEN_TEST_TIMEOUT=${WASM_BINDGEN_TEST_TIMEOUT:-3600}
  real_trace
  if ! logged native-trace native_trace; then verdict fortnight 0 1; return; fi
  cargo_suite fortnight for_wasm cargo test --release -p millrace --target wasm32-unknown-unknown --test web -- \
    a_real_trace_ends_in_the_world_that_it_ends_in_natively
}

# Not one of the suites of `make test`: 20 random walks of 10,000 acts, and a million cases for each decoder. What fails
# is cut down and shown.
suite_soak() {
  local out=$LOGS/soak.log soak=(nice cargo run -q --profile soak -p millrace-engine --example soak --)
  STARTED=$SECONDS
  : >"$out"
  "${soak[@]}" walk "${SOAK_SEEDS:-20}" "${SOAK_ACTS:-10000}" 2>&1 | tee -a "$out" || BAD=1
  "${soak[@]}" decode "${SOAK_CASES:-1000000}" 2>&1 | tee -a "$out" || BAD=1
  verdict soak "$(grep -cE '^walk [0-9]+: |, 0 failed' "$out" || true)" \
    "$(grep -cE '^walk [0-9]+ FAILED|, [1-9][0-9]* failed' "$out" || true)"
}

suite_e2e() {
  local status=0 passed failed
  if ! logged build scripts/build.sh || ! logged build-hooked scripts/build-hooked.sh; then verdict e2e 0 1; return; fi
  logged e2e node tests/e2e/run.mjs || status=1
  passed=$(sed -nE 's/^e2e: ([0-9]+) passed.*/\1/p' "$LOGS/e2e.log")
  failed=$(sed -nE 's/^e2e: .* ([0-9]+) failed.*/\1/p' "$LOGS/e2e.log")
  [ "$status" = 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
  verdict e2e "${passed:-0}" "${failed:-0}"
}

[ $# -gt 0 ] || set -- fmt clippy native cases web e2e
for suite in "$@"; do "suite_$suite"; done

echo "----"
printf '%s\n' "${LINES[@]}"
if [ "$BAD" = 0 ]; then echo "all suites passed in $SECONDS s"; else echo "FAILED"; fi
exit "$BAD"
