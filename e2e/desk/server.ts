/** A server of our own: the real binary on a free port, over a data folder that goes with it. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BINARY =
  process.env.SHEAF_BIN ?? fileURLToPath(new URL("../../target/release/sheaf", import.meta.url));
const READY_WITHIN_MS = 20_000;

export type Server = {
  /** Without a slash at the end. */
  url: string;
  /** The one-time link that the server printed. */
  setupLink: string;
  stop: () => Promise<void>;
};

export async function startServer(): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "sheaf-e2e-"));
  const child = spawn(BINARY, ["serve", "--data", data, "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = async () => {
    await ended(child);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const setupLink = await printedLink(child);
    return { url: new URL(setupLink).origin, setupLink, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function printedLink(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    const fail = (why: string) =>
      reject(new Error(`${BINARY} ${why}; it printed:\n${printed.join("\n")}`));
    const timer = setTimeout(() => fail("did not print a set-up link"), READY_WITHIN_MS);
    child.on("error", (error) => fail(`did not start (${error.message})`));
    child.on("exit", (code) => fail(`ended with code ${code}`));
    // Read to the end, or the server would block on a full pipe.
    createInterface({ input: child.stderr! }).on("line", (line) => {
      if (printed.length < 200) printed.push(line);
      const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(line);
      if (link === null) return;
      clearTimeout(timer);
      resolve(link[0]);
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
