"""The table of a peer: Sheaf's figures beside another engine's, and whether both find the same."""

import json
import os
import statistics
import sys
import time


def median_ms(n, run):
    """Median time of `n` runs in milliseconds, after one that is not timed."""
    run()
    times = []
    for _ in range(n):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


class Table:
    """Rows that are there on Sheaf's side; `folder` has what `sheaf bench ... --json` printed."""

    def __init__(self, folder, benches, peer):
        self.sheaf, self.peer, self.out, self.wrong = {}, peer, [], []
        for bench in benches:
            path = os.path.join(folder, f"{bench}.json")
            if os.path.exists(path):
                self.sheaf.update({f["what"]: f for f in json.load(open(path))["figures"]})

    def row(self, what, key, theirs, higher=False, found=None):
        """`key`: what Sheaf calls it. `higher`: more is better. `found`: how many assets the peer finds."""
        ours = self.sheaf.get(key)
        if ours is None:
            return
        factor = ours["value"] / theirs if higher else theirs / ours["value"]
        self.out.append((what, ours["value"], theirs, ours["unit"], factor))
        if found is not None and ours.get("found") is not None and ours["found"] != found:
            self.wrong.append(f"{what}: Sheaf finds {ours['found']}, {self.peer} {found}")

    def end(self, title, column, size, note="", last=()):
        """Prints it as Markdown, and ends the program: with 1 when the two find different numbers. `size`: the peer's bytes an
        asset; `note`: why they are no match for Sheaf's, if they are none."""
        print(f"| {title} | Sheaf | {column} | Sheaf is ahead by |")
        print("|---|---|---|---|")
        for what, mine, theirs, unit, factor in self.out:
            print(f"| {what} | {mine:,.3g} {unit} | {theirs:,.3g} {unit} | {factor:,.1f} x |")
        ours = self.sheaf.get("database on disk")
        if ours:
            factor = "" if note else f"{size / ours['value']:.1f} x"
            print(f"| bytes an asset on disk{note} | {ours['value']:.0f} | {size:.0f} | {factor} |")
        print()
        for line in last:
            print(line)
        behind = [what for what, *_, factor in self.out if factor < 1]
        print(f"Sheaf is behind on: {', '.join(behind) if behind else 'no row'}.")
        for line in self.wrong:
            print(f"DIFFERENT: {line}", file=sys.stderr)
        sys.exit(1 if self.wrong else 0)
