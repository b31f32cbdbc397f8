#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz.sh TARGET [SECONDS [options of libFuzzer]] : builds tests/fuzz with clang, ASan and UBSan and runs one fuzzer for SECONDS (600); TARGET `all` runs each in
# turn. What it finds lies in build/fuzz/found/TARGET, and crash-… there is an input that does harm. `fuzz.sh TARGET --keep` puts what reaches new code
# into tests/fuzz/corpus/TARGET, from where tst_corpus runs it on every build. Needs clang (Debian: clang libclang-rt-14-dev, or the like).
set -euo pipefail
cd "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"

target=${1:?usage: fuzz.sh TARGET|all [SECONDS|--keep [options of libFuzzer]]}
seconds=${2:-600}
shift $(($# > 1 ? 2 : 1))
if ! command -v clang++ >/dev/null; then
    echo "fuzz.sh: clang is missing (Debian: apt-get install clang)" >&2
    exit 2
fi
[[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz --log-level=NOTICE

if [[ $target == all ]]; then
    mapfile -t targets < <(find tests/fuzz/corpus -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)
else
    targets=("$target")
fi
for one in "${targets[@]}"; do
    cmake --build --preset fuzz --target "fuzz_$one" -- --quiet
    found=build/fuzz/found/$one
    mkdir -p "$found"
    if [[ $seconds == --keep ]]; then
        "build/fuzz/tests/fuzz_$one" -merge=1 -max_len=4096 "$@" "tests/fuzz/corpus/$one" "$found"
    else
        ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
            "build/fuzz/tests/fuzz_$one" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
            -artifact_prefix="$found/" -print_final_stats=1 "$@" "$found" "tests/fuzz/corpus/$one"
    fi
done
