#!/usr/bin/env bash
# Runs each fuzz target for a while: `scripts/fuzz.sh [SECONDS] [TARGET...]`. On the stable toolchain: what libFuzzer needs
# to see which code ran is a pass of LLVM. Without AddressSanitizer: our own code has no `unsafe`.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds="${1:-60}"
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(query blocks members select)

cargo run --release --locked --quiet -p sheaf-select --example fuzz_seeds -- target/fuzz/corpus
host="$(rustc -vV | sed -n 's/^host: //p')"
export CARGO_TARGET_DIR="$PWD/target/fuzz"
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares"
# With `--target`, build scripts are built without these flags.
cargo build --release --locked --manifest-path fuzz/Cargo.toml --target "$host"
bin="$CARGO_TARGET_DIR/$host/release"
for target in "${targets[@]}"; do
    echo "== fuzz $target for $seconds s"
    mkdir -p "$CARGO_TARGET_DIR/corpus/$target" "$CARGO_TARGET_DIR/found"
    "$bin/$target" "$CARGO_TARGET_DIR/corpus/$target" -max_total_time="$seconds" -max_len=4096 -timeout=20 \
        -rss_limit_mb=2048 -malloc_limit_mb=1024 -verbosity=0 -print_final_stats=1 \
        -artifact_prefix="$CARGO_TARGET_DIR/found/$target-"
done
