/** A server of our own: the real binary on a free port, over a data folder that goes with it. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

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

/** The stories are walked on SQLite, or on the PostgreSQL server at this address, each in a database of its own. */
const POSTGRES = process.env.SHEAF_TEST_POSTGRES ?? "";
let databases = 0;

type Database = { environment: Record<string, string>; drop: () => Promise<void> };

async function ownDatabase(): Promise<Database> {
  if (POSTGRES === "") return { environment: {}, drop: async () => {} };
  const name = `story_${process.pid}_${databases++}`;
  const psql = (sql: string) => promisify(execFile)("psql", [POSTGRES, "--quiet", "-c", sql]);
  await psql(`CREATE DATABASE ${name}`);
  const url = new URL(POSTGRES);
  url.pathname = name;
  const drop = async () => {
    await psql(`DROP DATABASE ${name} WITH (FORCE)`);
  };
  return { environment: { SHEAF_DATABASE: url.href }, drop };
}

/** `environment`: what it is set up with beside its data. */
export async function startServer(environment: Record<string, string> = {}): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), "sheaf-e2e-"));
  const database = await ownDatabase();
  const child = spawn(BINARY, ["serve", "--data", data, "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...database.environment, ...environment },
  });
  const stop = async () => {
    await ended(child);
    await rm(data, { recursive: true, force: true });
    await database.drop();
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
