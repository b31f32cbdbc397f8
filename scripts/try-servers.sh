#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# try-servers.sh [--fetch] [--tests REGEX] [SERVER…] [-- options of ctest] : runs the tests that talk to a server against each of the servers that Debian has, from the build
# in build/ci, and prints a table for docs/servers.md. SERVER is SUITE/PACKAGE; without any: all four below. --fetch only gets them; --tests takes others than all. Nothing is
# installed: packages and the libraries that they need are unpacked in $LOCKSCOPE_SERVERS (/var/tmp/lockscope-servers), from the mirror of this
# machine's own apt, and started with their own libraries. The tests find the server by PATH.
set -euo pipefail
cd "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
store=${LOCKSCOPE_SERVERS:-/var/tmp/lockscope-servers}
build=${LOCKSCOPE_BUILD:-build/ci}

fetch_only=no
regex=
servers=()
while (($#)); do
    case $1 in
    --fetch) fetch_only=yes ;;
    --tests) regex=${2:?--tests needs a regular expression} && shift ;;
    --) shift && break ;;
    -*) echo "try-servers.sh: unknown option $1" >&2 && exit 2 ;;
    *) servers+=("$1") ;;
    esac
    shift
done
((${#servers[@]})) || servers=(bookworm/redis-server trixie/redis-server trixie/valkey-server bookworm-backports/valkey-server)

# fetch SUITE PACKAGE FOLDER: an apt of its own that believes nothing to be installed, so that it brings every library.
fetch() (
    suite=$1 package=$2 folder=$3
    # shellcheck disable=SC2016 # this variable is apt's
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Component: main' | grep -E '/debian/?$' | head -n 1)
    : "${mirror:?no Debian mirror in the apt sources of this machine}"
    work=$folder.part
    rm -rf "$work" && mkdir -p "$work"/{lists/partial,cache/archives/partial,etc}
    {
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror ${suite%-backports} main"
        [[ $suite != *-backports ]] || echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
    } >"$work/etc/sources.list"
    : >"$work/status"
    own=(-q -o "Dir::State=$work" -o "Dir::State::lists=$work/lists" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache"
        -o "Dir::Etc::SourceList=$work/etc/sources.list" -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root
        -o Debug::NoLocking=1 -o Acquire::Languages=none)
    apt-get "${own[@]}" update
    apt-get "${own[@]}" --yes --download-only --no-install-recommends --target-release "$suite" install "$package"
    for archive in "$work"/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$archive" | tar --extract --directory "$work" --wildcards --wildcards-match-slash --no-same-owner \
            './usr/bin/redis-*' './usr/bin/valkey-*' './lib/*' './lib64/*' './usr/lib/*.so*' './usr/lib64/*' 2>/dev/null || true
    done
    rm -rf "$work"/{lists,cache}
    mv "$work" "$folder"
)

# wrap FOLDER: a `redis-server` that is this one.
wrap() {
    local folder=$1 name=redis-server loader
    [[ -e $folder/usr/bin/valkey-server ]] && name=valkey-server
    loader=$(find "$folder" -name 'ld-linux-*.so.*' | head -n 1)
    mkdir -p "$folder/path"
    cat >"$folder/path/redis-server" <<END
#!/bin/sh
exec "$loader" --library-path "$folder/usr/lib/$(uname -m)-linux-gnu:$folder/lib/$(uname -m)-linux-gnu" "$folder/usr/bin/$name" "\$@"
END
    chmod +x "$folder/path/redis-server"
}

# The tests that start a server, by what they include.
server_tests() {
    grep -rlE 'redis/sandboxserver\.h|support/(watch|group|cluster|sentinel|cli|redlock|family|operation)[a-z]*fixture\.h' \
        tests/core tests/app tests/integration --include='tst_*.cpp' | sed 's:.*/\(tst_[a-z]*\)\.cpp:\1:' | paste -sd '|'
}

status=0
rows=()
for server in "${servers[@]}"; do
    suite=${server%%/*} package=${server#*/}
    folder=$store/$suite-$package
    if [[ ! -d $folder ]]; then
        echo "try-servers.sh: fetching $package of $suite" >&2
        mkdir -p "$store"
        fetch "$suite" "$package" "$folder" >"$store/$suite-$package.log" 2>&1 || {
            tail -n 20 "$store/$suite-$package.log" >&2
            exit 1
        }
    fi
    wrap "$folder"
    version=$("$folder/path/redis-server" --version | sed -E 's/^([A-Za-z]+) server.*v=([0-9.]+).*/\1 \2/')
    echo "try-servers.sh: $server is $version" >&2
    [[ $fetch_only == no ]] || continue
    log=$store/$suite-$package-tests.log
    PATH=$folder/path:$PATH ctest --test-dir "$build" -R "${regex:-^($(server_tests))\$}" --output-on-failure "$@" >"$log" 2>&1 || status=1
    summary=$(grep -E '^[0-9]+% tests passed' "$log" || echo "not run")
    failed=$(sed -nE 's/^[[:space:]]+[0-9]+ - (tst_[a-z]+).*/\1/p' "$log" | sort -u | paste -sd ' ')
    rows+=("| $version | $suite, \`$package\` | $summary | ${failed:-none} |")
done
if [[ $fetch_only == no ]]; then
    printf '| server | Debian | tests | failed |\n| --- | --- | --- | --- |\n'
    printf '%s\n' "${rows[@]}"
fi
exit "$status"
