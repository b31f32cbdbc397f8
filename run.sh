#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh [--no-install] [options of lockscope]: installs what is missing, builds, and starts Lockscope.
set -euo pipefail
root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
source "$root/scripts/packages.sh"

install=yes opens=sandbox shows=window
options=()
for argument in "$@"; do
    case $argument in
    --no-install) install=no && continue ;;
    --sandbox) continue ;; # added again below, once
    --uri | --uri=*) opens=uri ;;
    --screenshot | --screenshot=*) shows=picture ;;
    -h | --help | --help-all) shows=help ;;
    -v | --version) shows=version ;;
    esac
    options+=("$argument")
done

if [[ $shows == help ]]; then
    echo "run.sh [--no-install] [options of lockscope]: installs missing packages, builds, and starts lockscope; --no-install only lists them."
    echo "Without --uri it opens the sandbox, a private server with a demo workload; without a display it watches in the terminal."
fi

packages=("${packages_build[@]}" "${packages_run[@]}")
if has_display; then
    packages+=("${packages_desktop[@]}")
fi
ensure_packages "$install" "${packages[@]}"
build_preset "$root" release

if ! has_display && [[ -z ${QT_QPA_PLATFORM:-} ]]; then
    if [[ $shows == window ]]; then
        say "no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): watching in the terminal instead"
        [[ $opens == uri ]] || options+=(--uri "sandbox:?workload=demo")
        exec "$root/build/release/app/cli/lockscope-cli" "${options[@]}" watch
    fi
    export QT_QPA_PLATFORM=offscreen # help, version and pictures need no display
fi
[[ $opens == uri ]] || options+=(--sandbox)
exec "$root/build/release/app/gui/lockscope" "${options[@]}"
