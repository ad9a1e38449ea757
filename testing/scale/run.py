"""`python run.py path/to/sheaf [TEST...]`: all tests of the Python client, in the order of the modules, against one server."""

import sys
import time
import traceback

from watch import Watch

import test_client
import test_migrate
import test_objects
import test_traps
import test_v2
from world import World

MODULES = [test_client, test_objects, test_v2, test_traps, test_migrate]


def main():
    watch, world = Watch(), World(sys.argv[1])
    only = sys.argv[2:]
    failed = 0
    try:
        for module in MODULES:
            for name, test in list(vars(module).items()):
                if not name.startswith("test_") or (only and name not in only):
                    continue
                began = time.monotonic()
                try:
                    test(world)
                    print(f"ok   {name} ({time.monotonic() - began:.1f} s)", flush=True)
                except Exception:
                    failed += 1
                    last_words = "".join(world.desk.log)
                    print(f"FAIL {name}\n{traceback.format_exc()}\nthe server's last words:\n{last_words}", flush=True)
        if not only:
            for what, found in (("methods that no test calls", watch.not_driven()),
                                ("answers that the client cannot read", watch.unreadable())):
                if found:
                    failed += 1
                    print(f"FAIL {what}: {found}", flush=True)
            print(f"{len(watch.called)} of {len(watch.all)} public methods of the client were called", flush=True)
        world.desk.stop()
        world.desk.check()
    finally:
        world.desk.process.kill()
        world.desk.remove()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
