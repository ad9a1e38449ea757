"""Prints the figures in a folder (what `sheaf bench ... --json` printed) as Markdown: figure, target, the physical limit that
is computed from the bytes that must move and from what the machine can do, and the distance to it."""

import json
import os
import sys

# Bits of information an asset that each question must look at: weather 2, hour 5, city 10, night 1, confidence 20, a name
# 165. A batch that holds some at random is one bit.
BITS = {
    "query + count, two predicates": 2 + 5,
    "number comparison": 20,
    "rare text value": 10,
    "substring of the name": 165,
    "not in a batch": 2 + 4,
    "facets of 5 fields with histograms, a quarter of the library": 2 + 5 + 10 + 1 + 20,
    "dry run: funnel, 5 facets twice, sample": 2 + 4 + 2 + 5 + 10 + 1 + 20,
    "two predicates, warm, beside an import": 2 + 5,
    "substring of the name, warm, beside an import": 165,
}


def limit(what, n, unit, machine, disk_bytes):
    """The limit in the figure's unit, or None."""
    memory = machine["memory read by one core"] * 1e6  # bytes a millisecond
    disk = machine["sequential write, durable"] * 1e3
    flush = machine["flush of 8 KB, p50"]
    question = what.removesuffix(", warm").removesuffix(", from the database")
    if question in BITS or what in BITS:
        bytes_moved = n * BITS.get(what, BITS.get(question)) / 8
        # From the database the bytes are read out of the file's pages and written to memory once more.
        return bytes_moved * (3 if what.endswith("from the database") else 1) / memory
    if what == "batch of the whole library" or (unit == "ms" and "update" in what):
        return flush
    if what == "a tenth of the library at random, out of 15 %":
        # A dense bitmap is an eighth of a byte an asset, and goes to the log.
        return flush + n / 8 / disk + n * 6 / 8 / memory
    if what == "manifest import, rows + index, durable" and disk_bytes:
        # Every byte is written to the log and to the file.
        return disk * 1e3 / (disk_bytes * 2)
    return None


def number(v):
    return f"{v:,.0f}" if v >= 100 else f"{v:.3g}"


def main():
    folder = sys.argv[1]
    load = lambda name: json.load(open(os.path.join(folder, f"{name}.json")))
    machine_report = load("machine")
    machine = {f["what"]: f["value"] for f in machine_report["figures"]}
    text = lambda name: open(os.path.join(folder, name)).read().strip()
    print(f"{machine_report['cores']} cores; load average {text('load-before')} before, {text('load-after')} after. ", end="")
    print(", ".join(f"{f['what']} {number(f['value'])} {f['unit']}" for f in machine_report["figures"]) + ".")
    for bench in ["select", "update", "import", "start"]:
        if not os.path.exists(os.path.join(folder, f"{bench}.json")):
            continue
        report = load(bench)
        n, figures = report["assets"], report["figures"]
        disk_bytes = next((f["value"] for f in figures if f["what"] == "database on disk"), None)
        print(f"\n## `sheaf bench {bench} --assets {n}`\n")
        print("| what | figure | target | physical limit | distance |\n|---|---|---|---|---|")
        for f in figures:
            value, unit = f["value"], f["unit"]
            least = limit(f["what"], n, unit, machine, disk_bytes)
            higher = unit.endswith("/s")
            distance = "" if not least else f"{(least / value if higher else value / least):.1f} x"
            least = f"{number(least)} {unit}" if least else ""
            print(f"| {f['what']} | {number(value)} {unit} | {f['target'] or ''} | {least} | {distance} |")


if __name__ == "__main__":
    main()
