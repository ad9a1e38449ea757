"""`python node.py path/to/sheaf`: the Node client against a server of its own."""

import os
import subprocess
import sys
from pathlib import Path

from desk import Desk, Receiver


def main():
    receiver, desk = Receiver(), Desk(sys.argv[1], "--allow-private-webhooks")
    try:
        env = {**os.environ, "SHEAF_URL": desk.url, "SHEAF_KEY": desk.key, "SHEAF_FILES": receiver.url}
        done = subprocess.run(["node", "--no-deprecation", "--test", "client.test.js"], cwd=Path(__file__).parent / "node", env=env)
        assert done.returncode == 0, "the Node client does not work"
        # What the client made tells its callbacks like any other.
        told = receiver.wait("/answered")[-1][1]
        assert told["status"] == "completed" and told["response"]["annotations"][0]["label"] == "lane"
        desk.stop()
        desk.check()
    finally:
        desk.process.kill()
        desk.remove()


if __name__ == "__main__":
    main()
