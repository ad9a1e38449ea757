"""The peer on PostgreSQL: the usual relational design of a labelling tool. Metadata is JSONB under a GIN index, a batch has a
row for each member, a task is a row that is claimed with `FOR UPDATE SKIP LOCKED`.

usage: naive_peer.py ROWS.csv FIGURES ADDRESS

ROWS.csv is what `sheaf bench rows` prints, FIGURES a folder with what `sheaf bench import|select|update|queue --database ... --json`
printed on the same server, ADDRESS a database of that server to make and drop the peer's in. Prints a Markdown table with both
and the factor between them, and fails when the two find different numbers of assets.

Where the two differ, the peer has the easier part: its claims are made by pgbench, which is C and shows nobody a task; a claim
and an answer are one row changed twice, without a ledger, labels, progress or drafts.
"""

import json
import re
import subprocess
import sys
import tempfile
import time

import psycopg

from table import Table, median_ms

CLAIMERS = 16
# At most half of the tasks.
PAIRS = 40_000


def main():
    rows, figures, address = sys.argv[1:4]
    table = Table(figures, ["import", "select", "update", "queue"], "the peer")
    row = table.row
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS naive_peer WITH (FORCE)")
        server.execute("CREATE DATABASE naive_peer")
    own = re.sub(r"/[^/]*$", "/naive_peer", address)
    db = psycopg.connect(own, autocommit=True)
    one = lambda sql: db.execute(sql).fetchone()[0]

    # The rows as they come, then as the design keeps them: the indexes are there while rows are added, as in use.
    db.execute(
        """CREATE UNLOGGED TABLE raw (ord bigint, name text, upload int, weather text, hour int, city text, confidence float8,
                                      night boolean, scene text, frame int, note text)"""
    )
    with open(rows) as file, db.cursor().copy("COPY raw FROM STDIN (FORMAT csv, HEADER)") as copy:
        while data := file.read(1 << 20):
            copy.write(data)
    db.execute("CREATE TABLE asset (ord bigint PRIMARY KEY, name text NOT NULL, upload int NOT NULL, metadata jsonb NOT NULL)")
    db.execute("CREATE INDEX asset_metadata ON asset USING gin (metadata jsonb_path_ops)")
    db.execute("CREATE INDEX asset_name ON asset (name)")
    n = one("SELECT count(*) FROM raw")
    started = time.perf_counter()
    step = 50_000
    for at in range(0, n, step):
        db.execute(
            f"""INSERT INTO asset SELECT ord, name, upload, jsonb_strip_nulls(jsonb_build_object('weather', weather, 'hour', hour,
                    'city', city, 'confidence', confidence, 'night', night, 'scene', scene, 'frame', frame, 'note', note))
                FROM raw WHERE ord >= {at} AND ord < {at + step}"""
        )
    row("rows added, indexes kept", "manifest import, rows + index, durable", n / (time.perf_counter() - started), True)
    db.execute("DROP TABLE raw")
    db.execute("CREATE TABLE member (batch bigint, ord bigint, PRIMARY KEY (batch, ord))")
    db.execute("CREATE INDEX member_asset ON member (ord)")
    for i in range(8):
        order = "ord" if i % 2 == 0 else f"hashint8(ord + {i} * 1000003)"
        db.execute(
            f"""INSERT INTO member SELECT {i}, ord FROM asset a
                WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.ord = a.ord) ORDER BY {order} LIMIT {n // 20}"""
        )
    db.execute("VACUUM ANALYZE")
    size = one("SELECT pg_database_size(current_database())") / n

    for what, key, where in [
        ("two predicates, count", "query + count, two predicates", """metadata @> '{"weather": "rain"}' AND (metadata->>'hour')::int < 6"""),
        ("number comparison", "number comparison", "(metadata->>'confidence')::float8 < 0.1"),
        ("rare text value", "rare text value", """metadata @> '{"city": "city-999"}'"""),
        ("substring of the name", "substring of the name", "name LIKE '%abc1%'"),
    ]:
        sql = f"SELECT count(*) FROM asset WHERE {where}"
        ms, found = median_ms(3, lambda: one(sql)), one(sql)
        row(f"{what}, warm", f"{key}, warm", ms, found=found)
        row(f"{what}, from the database", f"{key}, from the database", ms)
    unbatched = """metadata @> '{"weather": "rain"}' AND NOT EXISTS (SELECT 1 FROM member m WHERE m.ord = a.ord)"""
    row("in no batch", "not in a batch, warm", median_ms(3, lambda: one(f"SELECT count(*) FROM asset a WHERE {unbatched}")))

    def batch(select):
        started = time.perf_counter()
        db.execute(f"INSERT INTO member {select}")
        took = (time.perf_counter() - started) * 1000
        db.execute("DELETE FROM member WHERE batch >= 100")
        return took

    row("batch of the whole library", "batch of the whole library", batch("SELECT 100, ord FROM asset"))
    row(
        "a tenth of the library at random, out of 15 %",
        "a tenth of the library at random, out of 15 %",
        batch(f"SELECT 101, ord FROM asset a WHERE {unbatched} ORDER BY random() LIMIT {n // 10}"),
    )
    times = []
    for i in range(200):
        started = time.perf_counter()
        at = (i * 7919 * 104729) % n
        db.execute("UPDATE asset SET metadata = metadata || '{\"weather\": \"hail\"}' WHERE ord = %s", [at])
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    row("one metadata update, p50", "one metadata update, index included, p50", times[len(times) // 2])
    row("one metadata update, p95", "one metadata update, index included, p95", times[len(times) * 95 // 100])

    # A row for each task, which is made when the batch is launched.
    db.execute(
        """CREATE TABLE task (id bigint PRIMARY KEY, state int NOT NULL, holder bigint, lease_until timestamptz, response jsonb)"""
    )
    started = time.perf_counter()
    db.execute("INSERT INTO task SELECT ord, 0 FROM asset")
    db.execute("CREATE INDEX task_open ON task (id) WHERE state = 0")
    launch = time.perf_counter() - started
    db.execute("VACUUM ANALYZE task")
    answer = json.dumps({"annotations": [{"label": "cone", "shape": {"box": [1, 2, 3, 4]}}]})
    script = f"""\\set person random(1, 1000000)
BEGIN;
SELECT id AS task FROM task WHERE state = 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED \\gset
UPDATE task SET state = 1, holder = :person, lease_until = now() + interval '10 minutes' WHERE id = :task;
COMMIT;
UPDATE task SET state = 2, response = '{answer}' WHERE id = :task AND holder = :person AND state = 1;
"""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        ran = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-c", str(CLAIMERS), "-j", "2", "-t", str(min(PAIRS, n // 2) // CLAIMERS), "-f", file.name, own],
            capture_output=True, text=True, check=True,
        )
    tps = float(re.search(r"tps = ([\d.]+)", ran.stdout)[1])
    row("claim + submit, 16 claimers", "claim + submit, durable", tps, True)

    version = one("SHOW server_version").split()[0]
    db.close()
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("DROP DATABASE naive_peer WITH (FORCE)")
    table.end(
        f"{n:,} assets, PostgreSQL {version}",
        "JSONB + GIN, a row a member, SKIP LOCKED",
        size,
        last=[f"The peer's launch of a batch of the whole library writes {n:,} task rows: {launch:.1f} s."],
    )


if __name__ == "__main__":
    main()
