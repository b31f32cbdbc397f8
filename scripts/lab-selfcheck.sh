#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lab-selfcheck.sh LOCKSCOPE_CLI [RUNS [SECTIONS]] : every broken strategy has to be caught within 30 seconds in each of RUNS (20) runs with seeds of their
# own, and every sound one has to stay clean over SECTIONS (1000000) critical sections. Takes a good while; starts servers of its own.
set -uo pipefail

cli=${1:?the path of lockscope-cli is missing}
runs=${2:-20}
sections=${3:-1000000}
status=0
report=$(mktemp)
trap 'rm -f "$report"' EXIT

catch() { # strategy, options
    local strategy=$1 caught=0
    shift
    for ((seed = 1; seed <= runs; ++seed)); do
        "$cli" stress --uri sandbox: --quiet --strategy "$strategy" --seed "$seed" --duration 30 --stop-at-violation "$@" >/dev/null
        if (($? == 4)); then
            ((++caught))
        fi
    done
    echo "$strategy: caught in $caught of $runs runs"
    ((caught == runs)) || status=1
}

stay_clean() { # strategy, options
    local strategy=$1 result=0
    shift
    "$cli" stress --json --strategy "$strategy" --seed 1 --sections "$sections" --duration 3600 "$@" >"$report" || result=$?
    if ((result == 0)); then
        echo "$strategy: clean over $sections sections"
    else
        echo "$strategy: NOT clean over $sections sections (status $result)"
        cat "$report" # what it was
        status=1
    fi
}

catch unsafe-ignore-reply --clients 8 --keys 2 --ttl 1000 --hold 1..5
catch unsafe-get-del --clients 32 --keys 4 --ttl 60 --hold 30..55 --retry 1..3
catch unsafe-no-ttl --clients 8 --keys 2 --ttl 200 --hold 1..5 --retry 5..20 --fault crash-client:at=200ms
catch unsafe-setnx-expire --clients 8 --keys 2 --ttl 200 --hold 0 --retry 5..20 --fault crash-client:at=100ms,every=100ms
catch unsafe-extend --clients 8 --keys 2 --ttl 90 --hold 20..60 --retry 1..5
catch unsafe-short-ttl --clients 8 --keys 2 --ttl 200 --hold 30..60 --retry 5..20

for strategy in set-nx lua fenced redisson fair read-write semaphore; do
    stay_clean "$strategy" --uri sandbox: --clients 64 --keys 64 --retry 1..5
done
stay_clean redlock --uri 'sandbox:?masters=3' --clients 64 --keys 64 --retry 1..5
exit $status
