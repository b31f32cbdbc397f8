# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # the lists are read by the scripts that source this one
# Sourced by run.sh and test.sh: the one list of distribution packages, and how they get here. The names are the same in
# Debian 12 and Debian 13.

packages_build=(
    cmake ninja-build g++ pkg-config
    qt6-base-dev qt6-svg-dev qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools
    libhiredis-dev libexpected-dev
    qtkeychain-qt6-dev
    libqcustomplot-dev # its Qt 6 library comes with it
)
packages_run=(
    libqt6sql6-sqlite qt6-qpa-plugins qt6-translations-l10n
    fonts-dejavu-core # a fresh machine has no font at all
    redis-server      # the sandbox
    libsecret-1-0     # by which QtKeychain reaches the desktop's secret service, if it is there
)
# Only where there is a display: Wayland, and the system's own light or dark look.
packages_desktop=(qt6-wayland qt6-gtk-platformtheme)
packages_test=(
    openssl openssh-client openssh-server desktop-file-utils appstream
    gnome-keyring dbus-x11 # a secret service, and a session bus that brings no systemd along
    python3-redis python3-dogpile.cache php-cli php-redis php-symfony-lock # real lock libraries
)

say() { printf '%s: %s\n' "${0##*/}" "$*"; }
complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

has_display() { [[ -n ${DISPLAY:-} || -n ${WAYLAND_DISPLAY:-} ]]; }

# Prints those of the named packages that are not installed. One dpkg-query, no question to apt.
missing_packages() {
    local installed package
    installed=" $(dpkg-query --show --showformat '${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true)"
    for package in "$@"; do
        [[ $installed == *" installed:$package "* ]] || printf '%s\n' "$package"
    done
}

# ensure_packages yes|no PACKAGE…: installs what is missing, or (no) lists it and exits with status 2.
ensure_packages() {
    local may_install=$1 as_root=()
    shift
    if ! command -v dpkg-query >/dev/null; then
        complain "this is no Debian system; install the counterparts of: $*"
        return 0
    fi
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if [[ $may_install == no ]]; then
        complain "missing packages: ${missing[*]}"
        exit 2
    fi
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            complain "missing packages: ${missing[*]} (install them as root; there is no sudo here)"
            exit 2
        fi
        as_root=(sudo)
    fi
    say "installing ${#missing[@]} distribution packages: ${missing[*]}"
    run_quietly "${as_root[@]}" apt-get update -q || complain "apt-get update failed; trying with the lists that are here"
    run_quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}"
}

# On a terminal as it is; elsewhere (CI) its output is shown only where it fails.
run_quietly() {
    if [[ -t 1 ]]; then
        "$@"
        return
    fi
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    ((status == 0)) || cat "$log" >&2
    rm -f "$log"
    return "$status"
}

# build_preset ROOT PRESET [options of cmake --build]: configures once, and again when the presets have changed; ninja itself sees to everything else.
build_preset() (
    cd "$1" || exit
    folder=build/$2
    if [[ ! -f $folder/build.ninja || ! $folder/.configured -nt CMakePresets.json ]]; then
        say "configuring $folder"
        cmake --preset "$2" --log-level=NOTICE
        touch "$folder/.configured"
    fi
    cmake --build --preset "$2" "${@:3}"
)
