"""Draws the histograms of `sheaf bench queue --json` as an SVG: `python3 scripts/plot_latency.py FILE.json > docs/queue-latency.svg`."""

import json
import math
import sys

WIDTH, PANEL, LEFT, GAP, TOP = 760, 150, 56, 64, 46
COLORS = {"claim": "#4c6ef5", "submit": "#f08c00"}
TICKS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000]


def main() -> None:
    report = json.load(open(sys.argv[1]))
    panels: dict[str, dict[str, list[list[float]]]] = {}
    for histogram in report["histograms"]:
        kind, panel = histogram["what"].split(", ")
        panels.setdefault(panel, {})[kind] = histogram["buckets"]
    bounds = [bound for panel in panels.values() for buckets in panel.values() for bound, _ in buckets]
    low, high = math.log10(min(bounds) / 1.3), math.log10(max(bounds) * 1.05)

    def x(ms: float) -> float:
        return LEFT + (math.log10(ms) - low) / (high - low) * (WIDTH - LEFT - 20)

    height = TOP + len(panels) * (PANEL + GAP)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" '
        'font-size="12" role="img" aria-label="Latency of claim and submit over HTTP">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-weight="600" fill="#222">Claim and submit over HTTP, milliseconds (logarithmic), '
        f'batch of {report["assets"]:,} tasks</text>',
    ]
    for row, (panel, kinds) in enumerate(panels.items()):
        base = TOP + row * (PANEL + GAP) + PANEL
        most = max(n / sum(m for _, m in buckets) for buckets in kinds.values() for _, n in buckets)
        out.append(f'<text x="{LEFT}" y="{base - PANEL + 4}" fill="#555">{panel}</text>')
        for tick in TICKS:
            if low <= math.log10(tick) <= high:
                out.append(f'<line x1="{x(tick):.1f}" y1="{base - PANEL + 10}" x2="{x(tick):.1f}" y2="{base}" stroke="#e5e5e5"/>')
                out.append(f'<text x="{x(tick):.1f}" y="{base + 16}" fill="#555" text-anchor="middle">{tick:g}</text>')
        out.append(f'<line x1="{LEFT}" y1="{base}" x2="{WIDTH - 20}" y2="{base}" stroke="#999"/>')
        for place, (kind, buckets) in enumerate(kinds.items()):
            total = sum(n for _, n in buckets)
            path, last = f"M {x(buckets[0][0] / 2 ** 0.25):.1f} {base}", None
            for bound, n in buckets:
                left, top = bound / 2**0.25, base - n / total / most * (PANEL - 22)
                if last is not None and left > last * 1.01:
                    path += f" L {x(last):.1f} {base} L {x(left):.1f} {base}"
                path += f" L {x(left):.1f} {top:.1f} L {x(bound):.1f} {top:.1f}"
                last = bound
            path += f" L {x(buckets[-1][0]):.1f} {base} Z"
            color = COLORS[kind]
            out.append(f'<path d="{path}" fill="{color}" fill-opacity="0.18" stroke="{color}" stroke-width="1.5"/>')
            text = f"{kind}: half within {quantile(buckets, 0.5):.3g} ms, 99 % within {quantile(buckets, 0.99):.3g} ms, n = {total:,}"
            out.append(f'<text x="{WIDTH - 20}" y="{base - PANEL + 4 + place * 16}" fill="{color}" text-anchor="end">{text}</text>')
    out.append("</svg>")
    print("\n".join(out))


def quantile(buckets: list[list[float]], share: float) -> float:
    """The upper bound of the bucket in which this share is reached."""
    total, seen = sum(n for _, n in buckets), 0
    for bound, n in buckets:
        seen += n
        if seen >= share * total:
            return bound
    return buckets[-1][0]


if __name__ == "__main__":
    main()
