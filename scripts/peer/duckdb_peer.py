"""The peer: DuckDB with the same rows and the same questions as `sheaf bench select`, in one file on disk, two threads.

usage: duckdb_peer.py ROWS.csv FIGURES [FOLDER]

ROWS.csv is what `sheaf bench rows` prints, FIGURES a folder with what `sheaf bench select|update|import --json` printed at
the same size. Prints a Markdown table with both and the factor between them, and fails when the two find different numbers of assets.

Where the engines differ, DuckDB has the easier part: it counts, while Sheaf makes the set of ordinals; its batch is made by
one INSERT that is not undone inside the timed part.
"""

import os
import statistics
import sys
import time

import duckdb

from table import Table, median_ms


METADATA = {
    "weather": "VARCHAR",
    "hour": "UTINYINT",
    "city": "VARCHAR",
    "confidence": "DOUBLE",
    "night": "BOOLEAN",
    "scene": "VARCHAR",
    "frame": "UINTEGER",
    "note": "VARCHAR",
}


def kept(db, folder, n):
    """Rows a second of what Sheaf's import does: a JSONL manifest read in, its rows kept as they are under a unique key,
    and a typed column for each metadata field to ask questions of."""
    path = os.path.join(folder, "rows.jsonl")
    fields = ", ".join(f"'{f}': {f}" for f in METADATA)
    db.execute(
        f"""COPY (SELECT name, 'https://data.example/' || name AS url, 1920 AS width, 1080 AS height,
                         to_json({{{fields}}}) AS metadata FROM asset ORDER BY ord) TO '{path}' (FORMAT json)"""
    )
    started = time.perf_counter()
    columns = ", ".join(f"{f} {kind}" for f, kind in METADATA.items())
    db.execute(
        f"""CREATE TABLE kept (ord UINTEGER PRIMARY KEY, name VARCHAR, url VARCHAR, width UINTEGER, height UINTEGER,
                               metadata JSON, {columns})"""
    )
    values = ", ".join(f"CAST(metadata->>'{f}' AS {kind})" for f, kind in METADATA.items())
    db.execute(
        f"""INSERT INTO kept SELECT row_number() OVER () - 1, name, url, width, height, metadata, {values}
            FROM read_json('{path}', format = 'newline_delimited', columns = {{'name': 'VARCHAR', 'url': 'VARCHAR',
            'width': 'UINTEGER', 'height': 'UINTEGER', 'metadata': 'JSON'}})"""
    )
    db.execute("CHECKPOINT")
    rate = n / (time.perf_counter() - started)
    db.execute("DROP TABLE kept")
    os.remove(path)
    return rate


def main():
    rows, figures, folder = sys.argv[1], sys.argv[2], (sys.argv + ["."])[3]
    table = Table(figures, ["import", "update", "select"], "DuckDB")
    row = table.row
    path = os.path.join(folder, "peer.duckdb")
    for old in (path, path + ".wal"):
        if os.path.exists(old):
            os.remove(old)
    db = duckdb.connect(path)
    db.execute("SET threads TO 2")
    one = lambda sql: db.execute(sql).fetchone()[0]

    started = time.perf_counter()
    db.execute(
        f"""CREATE TABLE asset AS SELECT * FROM read_csv('{rows}', header = true, columns = {{
            'ord': 'UINTEGER', 'name': 'VARCHAR', 'upload': 'UINTEGER', 'weather': 'VARCHAR', 'hour': 'UTINYINT',
            'city': 'VARCHAR', 'confidence': 'DOUBLE', 'night': 'BOOLEAN', 'scene': 'VARCHAR', 'frame': 'UINTEGER',
            'note': 'VARCHAR'}})"""
    )
    db.execute("CHECKPOINT")
    n = one("SELECT count(*) FROM asset")
    read_in = n / (time.perf_counter() - started)
    row("CSV read into columns, no rows kept, no key", "manifest import, rows + index, durable", read_in, True)
    row("JSONL manifest: rows kept, columns, unique key", "manifest import, rows + index, durable", kept(db, folder, n), True)
    size = os.path.getsize(path) / n
    # Eight earlier batches with 40 % of the library, as Sheaf's bench has them: four contiguous, four at random.
    db.execute("CREATE TABLE member (batch UINTEGER, ord UINTEGER)")
    for i in range(8):
        order = "ord" if i % 2 == 0 else f"hash(ord + {i}::UBIGINT * 1000003)"
        db.execute(
            f"""INSERT INTO member SELECT {i}, ord FROM asset WHERE ord NOT IN (SELECT ord FROM member)
                ORDER BY {order} LIMIT {n // 20}"""
        )
    db.execute("CHECKPOINT")

    for what, key, where in [
        ("two predicates, count", "query + count, two predicates, warm", "weather = 'rain' AND hour < 6"),
        ("number comparison", "number comparison, warm", "confidence < 0.1"),
        ("rare text value", "rare text value, warm", "city = 'city-999'"),
        ("substring of the name", "substring of the name, warm", "contains(name, 'abc1')"),
    ]:
        sql = f"SELECT count(*) FROM asset WHERE {where}"
        row(what, key, median_ms(5, lambda: one(sql)), found=one(sql))
    unbatched = "weather = 'rain' AND ord NOT IN (SELECT ord FROM member)"
    row(
        "in no batch",
        "not in a batch, warm",
        median_ms(3, lambda: one(f"SELECT count(*) FROM asset WHERE {unbatched}")),
    )

    def facets(where):
        for field in ["weather", "hour", "city", "night"]:
            db.execute(
                f"SELECT {field}, count(*) FROM asset WHERE {where} GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
            ).fetchall()
        for field, step in [("confidence", 0.05), ("hour", 1)]:
            db.execute(f"SELECT floor({field} / {step}), count(*) FROM asset WHERE {where} GROUP BY 1").fetchall()

    row(
        "facets of 5 fields with histograms",
        "facets of 5 fields with histograms, a quarter of the library",
        median_ms(3, lambda: facets("weather = 'rain'")),
    )

    def dry_run():
        db.execute(f"CREATE TEMP TABLE pool AS SELECT * FROM asset WHERE {unbatched}")
        db.execute("CREATE TEMP TABLE picked AS SELECT * FROM pool ORDER BY hash(ord + 42::UBIGINT) LIMIT 1000")
        for table in ["pool", "picked"]:
            for field in ["weather", "hour", "city", "night"]:
                db.execute(f"SELECT {field}, count(*) FROM {table} GROUP BY 1 ORDER BY 2 DESC LIMIT 8").fetchall()
            db.execute(f"SELECT floor(confidence / 0.05), count(*) FROM {table} GROUP BY 1").fetchall()
        db.execute("DROP TABLE pool")
        db.execute("DROP TABLE picked")

    row("dry run", "dry run: funnel, 5 facets twice, sample", median_ms(3, dry_run))

    def batch(select):
        db.execute(f"INSERT INTO member {select}")

    def undo():
        db.execute("DELETE FROM member WHERE batch >= 100")

    def timed(select):
        times = []
        for _ in range(3):
            started = time.perf_counter()
            batch(select)
            times.append((time.perf_counter() - started) * 1000)
            undo()
        return statistics.median(times)

    row(
        "batch of the whole library",
        "batch of the whole library",
        timed("SELECT 100, ord FROM asset"),
    )
    row(
        "a tenth of the library at random, out of 15 %",
        "a tenth of the library at random, out of 15 %",
        timed(f"SELECT 101, ord FROM asset WHERE {unbatched} ORDER BY hash(ord + 42::UBIGINT) LIMIT {n // 10}"),
    )
    db.execute("CHECKPOINT")
    db.execute("CREATE UNIQUE INDEX asset_ord ON asset (ord)")
    times = []
    for i in range(40):
        started = time.perf_counter()
        db.execute("UPDATE asset SET weather = 'unclear' WHERE ord = ?", [(i * 7919 * 104729) % n])
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    row("one metadata update, p50", "one metadata update, index included, p50", times[len(times) // 2])
    row("one metadata update, p95", "one metadata update, index included, p95", times[len(times) * 95 // 100])
    table.end(
        f"{n:,} assets, DuckDB {duckdb.__version__}, 2 threads",
        "DuckDB",
        size,
        note=" (Sheaf keeps rows and index, DuckDB columns only)",
    )


if __name__ == "__main__":
    main()
