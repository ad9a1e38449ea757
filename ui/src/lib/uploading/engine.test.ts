import { describe, expect, it } from "vitest";
import { UploadEngine, type EngineFile, type Known, type Transport, type Verdict } from "./engine";

class Offline extends Error {}
class BadOffset extends Error {
  constructor(readonly received: number) {
    super("bad offset");
  }
}
class Gone extends Error {}
class Bad extends Error {}

const judge = (error: unknown): Verdict => {
  if (error instanceof BadOffset) return { kind: "offset", received: error.received };
  if (error instanceof Gone) return { kind: "stop", message: "the upload was cancelled" };
  if (error instanceof Bad) return { kind: "file", message: "bad" };
  return { kind: "again" };
};

/** A server that keeps what arrives. */
class FakeServer implements Transport {
  readonly files = new Map<string, { bytes: string; size: number }>();
  readonly puts: string[] = [];
  inFlight = 0;
  most = 0;
  before: (file: EngineFile, offset: number) => void = () => undefined;

  put: Transport["put"] = async (file, offset, part) => {
    this.inFlight += 1;
    this.most = Math.max(this.most, this.inFlight);
    try {
      await Promise.resolve();
      this.before(file, offset);
      this.puts.push(`${file.path}@${offset}`);
      const entry = this.files.get(file.path) ?? { bytes: "", size: file.size };
      if (entry.bytes.length !== offset) throw new BadOffset(entry.bytes.length);
      entry.bytes += await part.text();
      this.files.set(file.path, entry);
      const received = entry.bytes.length;
      if (received < file.size) return { received, state: "partial", message: null };
      return file.path.endsWith(".exe")
        ? { received, state: "refused", message: "not an image" }
        : { received, state: "done", message: null };
    } finally {
      this.inFlight -= 1;
    }
  };

  known: Transport["known"] = async () =>
    [...this.files].map(([path, entry]): Known => ({
      path,
      received: entry.bytes.length,
      state: entry.bytes.length < entry.size ? "partial" : "done",
    }));
}

const file = (path: string, text: string): EngineFile => ({
  path,
  size: text.length,
  blob: new Blob([text]),
});
const make = (server: Transport, files: EngineFile[], waits: number[] = []) =>
  new UploadEngine({
    transport: server,
    judge,
    files,
    partSize: 4,
    wait: async (ms) => void waits.push(ms),
  });

describe("UploadEngine", () => {
  it("sends every byte of every file, four at a time", async () => {
    const server = new FakeServer();
    const files = Array.from({ length: 20 }, (_, i) => file(`f${i}`, "x".repeat(i)));
    const engine = make(server, files);
    await engine.run();
    expect(engine.snapshot()).toMatchObject({ phase: "done", filesDone: 20, bytesDone: 190 });
    for (const [i, entry] of files.entries()) {
      expect(server.files.get(entry.path)?.bytes).toBe("x".repeat(i));
    }
    expect(server.most).toBeLessThanOrEqual(4);
  });

  it("goes on where the server stands, and sends nothing twice", async () => {
    const server = new FakeServer();
    server.files.set("whole", { bytes: "abcd", size: 4 });
    server.files.set("half", { bytes: "abcd", size: 6 });
    const engine = make(server, [file("whole", "abcd"), file("half", "abcdef"), file("new", "zz")]);
    await engine.run();
    expect(server.puts.sort()).toEqual(["half@4", "new@0"]);
    expect(server.files.get("half")?.bytes).toBe("abcdef");
    expect(engine.snapshot().filesDone).toBe(3);
  });

  it("waits longer and longer while the server is away, then goes on", async () => {
    const server = new FakeServer();
    let away = 3;
    server.before = () => {
      if (away > 0) {
        away -= 1;
        throw new Offline();
      }
    };
    const waits: number[] = [];
    const engine = make(server, [file("a", "abcdefgh")], waits);
    await engine.run();
    expect(waits).toEqual([1000, 2000, 4000]);
    expect(server.files.get("a")?.bytes).toBe("abcdefgh");
    expect(engine.snapshot().trouble).toBeNull();
  });

  it("takes the server's word for the offset", async () => {
    const server = new FakeServer();
    let once = true;
    server.before = (entry) => {
      if (!once) return;
      once = false;
      server.files.set(entry.path, { bytes: "abc", size: entry.size });
    };
    const engine = make(server, [file("a", "abcdefgh")]);
    await engine.run();
    expect(server.files.get("a")?.bytes).toBe("abcdefgh");
  });

  it("paused before it began waits until it is told to run", async () => {
    const server = new FakeServer();
    const engine = make(server, [file("a", "abc")]);
    engine.pause();
    expect(engine.snapshot().phase).toBe("paused");
    expect(server.puts).toEqual([]);
    await engine.run();
    expect(engine.snapshot().phase).toBe("done");
    expect(server.files.get("a")?.bytes).toBe("abc");
  });

  it("pauses in the middle of a file and goes on from there", async () => {
    const server = new FakeServer();
    const engine = make(server, [file("a", "abcdefghijkl"), file("b", "xy")]);
    server.before = (_file, offset) => {
      if (offset === 4) engine.pause();
    };
    await engine.run();
    expect(engine.snapshot().phase).toBe("paused");
    server.before = () => undefined;
    await engine.run();
    expect(engine.snapshot()).toMatchObject({ phase: "done", filesDone: 2, bytesDone: 14 });
    expect(server.files.get("a")?.bytes).toBe("abcdefghijkl");
  });

  it("lists what was refused and what failed, and the rest arrives", async () => {
    const server = new FakeServer();
    server.before = (entry) => {
      if (entry.path === "bad") throw new Bad();
    };
    const engine = make(server, [file("a.exe", "x"), file("bad", "y"), file("ok", "z")]);
    await engine.run();
    const snapshot = engine.snapshot();
    expect(snapshot.refused).toEqual([{ path: "a.exe", message: "not an image" }]);
    expect(snapshot.failed).toEqual([{ path: "bad", message: "bad" }]);
    server.before = () => undefined;
    engine.retryFailed();
    await engine.run();
    expect(engine.snapshot()).toMatchObject({ phase: "done", failed: [], filesDone: 3 });
  });

  it("stops when the upload is no more, and when cancelled", async () => {
    const server = new FakeServer();
    server.before = () => {
      throw new Gone();
    };
    const engine = make(server, [file("a", "x")]);
    await engine.run();
    expect(engine.snapshot()).toMatchObject({
      phase: "stopped",
      trouble: "the upload was cancelled",
    });
    engine.cancel();
    await engine.run();
    expect(engine.snapshot().phase).toBe("cancelled");
  });
});
