#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# try-fresh.sh [--again] SUITE [COMMAND…]: runs the README's two commands from a git clone of HEAD as root on a fresh,
# minimal Debian (bookworm, trixie): a debootstrap root, entered by chroot in namespaces of its own. Fails on any warning
# of the compiler, too. --again goes on in the root of the last time, with its packages and its build. Needs root and
# debootstrap; the mirror is that of this machine's own apt. Roots: $LOCKSCOPE_ROOTS, by default /var/tmp/lockscope-roots.
set -euo pipefail
source_root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
roots=${LOCKSCOPE_ROOTS:-/var/tmp/lockscope-roots}

again=no
if [[ ${1:-} == --again ]]; then
    again=yes
    shift
fi
suite=${1:?usage: try-fresh.sh [--again] SUITE [COMMAND…]}
shift
pristine=$roots/$suite-pristine
fresh=$roots/$suite

make_pristine() {
    local mirror
    # shellcheck disable=SC2016 # these variables are apt's
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Component: main' | grep -E '/debian/?$' | head -n 1)
    mkdir -p "$roots"
    debootstrap --variant=minbase --include=git,ca-certificates "$suite" "$pristine.part" \
        "${mirror:?no Debian mirror in the apt sources of this machine}" >"$roots/$suite.log" 2>&1 || {
        cat "$roots/$suite.log" >&2
        return 1
    }
    mv "$pristine.part" "$pristine"
}

[[ -d $pristine ]] || make_pristine
if [[ $again == no ]]; then
    rm -rf --one-file-system "$fresh"
    cp -a --reflink=auto "$pristine" "$fresh"
    cp /etc/resolv.conf "$fresh/etc/resolv.conf"
    # As Debian's installer writes it; debootstrap leaves it out.
    printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$fresh/etc/hosts"
fi
rm -rf "$fresh/root/bundle" && git -C "$source_root" bundle create -q "$fresh/root/bundle" HEAD

cat >"$fresh/root/two-commands" <<'END'
set -euo pipefail
cd /root
if [[ -d lockscope ]]; then
    git -C lockscope fetch -q /root/bundle HEAD && git -C lockscope reset -q --hard FETCH_HEAD
else
    git -c init.defaultBranch=main -c advice.detachedHead=false clone -q /root/bundle lockscope
fi
cd lockscope
if (($#)); then
    "$@"
    exit
fi
echo "== ./run.sh --screenshot"
time ./run.sh --screenshot /root/lockscope.png
echo "== ./run.sh, in the terminal, ended after 10 s"
status=0
time timeout --foreground --signal=INT 10 ./run.sh | head -c 4000 || status=$?
((status == 0 || status == 124 || status == 130)) || exit "$status"
echo "== ./test.sh"
time ./test.sh
END

# The command line inside has nothing of this machine: no display, no proxies, no settings. Whatever a package starts ends with the
# process namespace.
inside='mount -t proc proc /proc && { mount -t devpts devpts /dev/pts -o newinstance,ptmxmode=0666 && ln -sf pts/ptmx /dev/ptmx; }
    mkdir -p /dev/shm && mount -t tmpfs tmpfs /dev/shm
    exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LC_ALL=C.UTF-8 \
        bash /root/two-commands "$@"'
log=$roots/$suite-run.log
status=0
unshare --mount --pid --fork --kill-child chroot "$fresh" bash -c "$inside" bash "$@" 2>&1 </dev/null | tee "$log" || status=$?
if grep -q 'warning:' "$log"; then
    echo "try-fresh.sh: there are warnings (see above)" >&2
    exit 1
fi
exit "$status"
