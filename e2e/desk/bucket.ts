/**
 * A folder of a bucket that the server may read: on the S3 server at SHEAF_TEST_S3 (`scripts/s3.sh`), by a way on which
 * everything can be held up.
 */
import { connect, createServer, type Socket } from "node:net";

const S3 = process.env.SHEAF_TEST_S3 ?? "";
const NAME = "sheaf";
/** moto looks at no signature. */
const SOMEBODY =
  "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

export class Bucket {
  private held: Socket[] = [];
  private isHeld = false;

  private constructor(
    /** What the server may read. */
    readonly address: string,
    private readonly folder: string,
  ) {}

  /** None without an S3 server. */
  static async open(): Promise<{ bucket: Bucket; environment: Record<string, string>; close: () => void } | null> {
    if (S3 === "") return null;
    const folder = `stories-${process.pid}-${Date.now()}`;
    const bucket = new Bucket(`s3://${NAME}/${folder}`, folder);
    const { hostname, port } = new URL(S3);
    const way = createServer((client) => {
      const server = connect(Number(port), hostname);
      // Whoever hangs up first ends both.
      client.on("error", () => server.destroy()).on("close", () => server.destroy());
      server.on("error", () => client.destroy()).on("close", () => client.destroy());
      server.pipe(client);
      client.pipe(server);
      bucket.held.push(client);
      if (bucket.isHeld) client.unpipe(server).pause();
      client.on("resumed", () => client.pipe(server));
    });
    await new Promise<void>((resolve) => way.listen(0, "127.0.0.1", resolve));
    const at = way.address();
    if (at === null || typeof at === "string") throw new Error("the way to S3 has no port");
    const environment = {
      SHEAF_SOURCES: bucket.address,
      AWS_ENDPOINT: `http://127.0.0.1:${at.port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
    };
    const close = () => {
      way.close();
      for (const socket of bucket.held) socket.destroy();
    };
    return { bucket, environment, close };
  }

  async put(name: string, body: Buffer): Promise<void> {
    const url = `${S3}/${NAME}/${this.folder}/${name}`;
    const headers = { authorization: SOMEBODY, "content-type": "application/octet-stream" };
    const answer = await fetch(url, { method: "PUT", headers, body: new Uint8Array(body) });
    if (!answer.ok) throw new Error(`${name} was not stored: ${answer.status}`);
  }

  /** Nothing that the server asks reaches the store. */
  hold(): void {
    this.isHeld = true;
    for (const socket of this.held) socket.unpipe().pause();
  }

  letGo(): void {
    this.isHeld = false;
    this.held = this.held.filter((socket) => !socket.destroyed);
    for (const socket of this.held) socket.emit("resumed");
  }
}
