#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lint.sh [--changed] : format, clang-tidy and clazy (level 1) over the sources that preset ci (test.sh) compiles; the scripts by shellcheck.
# --changed looks only at what differs from main. Needs clang-format, clang-tidy, clazy and shellcheck; none of them is needed to build.
set -euo pipefail
cd "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"

list_sources() {
    if [[ ${1:-} == --changed ]]; then
        git diff --name-only --diff-filter=d "$(git merge-base HEAD main)" -- '*.h' '*.cpp'
    else
        git ls-files -- '*.h' '*.cpp'
    fi
}
mapfile -t sources < <(list_sources "$@")
mapfile -t units < <(printf '%s\n' "${sources[@]}" | grep -E '^(core|ui|app)/.*\.cpp$' || true)

status=0
if ((${#sources[@]})); then
    echo "lint.sh: clang-format on ${#sources[@]} files"
    clang-format --dry-run --Werror "${sources[@]}" || status=1
fi
echo "lint.sh: shellcheck"
shellcheck -x run.sh test.sh .ci/run scripts/*.sh || status=1

if ((${#units[@]})); then
    [[ -f build/ci/build.ninja ]] || cmake --preset ci --log-level=NOTICE
    # clang gets the same commands without what only GCC knows: its precompiled headers and one warning. moc files come from the build.
    cmake --build --preset ci -- --quiet
    database=build/lint
    mkdir -p "$database"
    sed -E 's/-Winvalid-pch|-Wshadow=local|-Werror//g; s/-include [^ ]*cmake_pch\.hxx//g' build/ci/compile_commands.json >"$database/compile_commands.json"
    echo "lint.sh: clang-tidy on ${#units[@]} files"
    printf '%s\0' "${units[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$database" --quiet --warnings-as-errors='*' 2>/dev/null || status=1
    echo "lint.sh: clazy on ${#units[@]} files"
    printf '%s\0' "${units[@]}" | CLAZY_CHECKS=level1 xargs -0 -n 1 -P "$(nproc)" \
        clazy-standalone -p "$database" --checks=level1 --header-filter='.*/(core|ui|app)/.*' 2>&1 |
        grep -E '(warning|error): .*\[-Wclazy|(fatal )?error:' && status=1
fi
exit "$status"
