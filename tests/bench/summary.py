#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins the JSON lines of the benchmarks to one document (stdout), with a table of the goals (stderr).

Usage: summary.py COMMIT < LINES. Exit status 1 when a goal was missed, or nothing was measured.
"""
import json
import os
import sys


def figure(value):
    if value is None:
        return "not measured"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def main():
    results = [json.loads(line) for line in sys.stdin if line.strip()]
    document = {"commit": sys.argv[1], "cpus": os.cpu_count(), "load": os.getloadavg(), "results": results}
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
    print()
    rows = [(f"{result['bench']}: {goal['what']}", goal) for result in results for goal in result["goals"]]
    width = max((len(name) for name, _ in rows), default=0)
    for name, goal in rows:
        sign = "≤" if goal["kind"] == "at_most" else "≥"
        verdict = "met" if goal["met"] else "MISSED"
        print(f"{name:<{width}}  {figure(goal['measured']):>12}  {sign} {figure(goal['goal']):>9}  {verdict}",
              file=sys.stderr)
    sys.exit(0 if results and all(goal["met"] for _, goal in rows) else 1)


if __name__ == "__main__":
    main()
