#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test.sh [--no-install] [options of ctest]: installs what is missing, builds everything, and runs every test offscreen.
set -euo pipefail
root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
source "$root/scripts/packages.sh"

install=yes
options=()
for argument in "$@"; do
    if [[ $argument == --no-install ]]; then
        install=no
    else
        options+=("$argument")
    fi
done

ensure_packages "$install" "${packages_build[@]}" "${packages_run[@]}" "${packages_test[@]}"
say "building everything (build/ci)"
quiet=()
[[ -t 1 ]] || quiet=(-- --quiet)
build_preset "$root" ci "${quiet[@]}"
cd "$root"
# Two at a time, on any machine: more of them would only measure each other. An option -j given to test.sh comes later and wins.
exec ctest --preset ci --parallel 2 "${options[@]}"
