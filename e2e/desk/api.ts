/** The API as one person uses it from a program: with their key. For setting a scene and for checking what came of it. */

export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(`${status} ${code}: ${message}`);
  }
}

type Json = Record<string, unknown> | unknown[];

export class Api {
  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.send<T>("GET", path);
  }

  post<T>(path: string, json: Json = {}): Promise<T> {
    return this.send<T>("POST", path, JSON.stringify(json), "application/json");
  }

  put<T>(path: string, json: Json): Promise<T> {
    return this.send<T>("PUT", path, JSON.stringify(json), "application/json");
  }

  patch<T>(path: string, json: Json): Promise<T> {
    return this.send<T>("PATCH", path, JSON.stringify(json), "application/json");
  }

  putBytes<T>(path: string, body: Uint8Array | string): Promise<T> {
    return this.send<T>("PUT", path, body, "application/octet-stream");
  }

  postBytes<T>(path: string, body: Uint8Array | string, type: string): Promise<T> {
    return this.send<T>("POST", path, body, type);
  }

  async text(path: string): Promise<string> {
    return (await this.fetch("GET", path)).text();
  }

  /** The status alone, for what must be refused. */
  async status(method: string, path: string, json?: Json): Promise<number> {
    const answer = await fetch(`${this.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, "content-type": "application/json" },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  private async send<T>(
    method: string,
    path: string,
    body?: Uint8Array | string,
    type?: string,
  ): Promise<T> {
    const answer = await this.fetch(method, path, body, type);
    const text = await answer.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  private async fetch(
    method: string,
    path: string,
    body?: Uint8Array | string,
    type?: string,
  ): Promise<Response> {
    const answer = await fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(type === undefined ? {} : { "content-type": type }),
      },
      ...(body === undefined ? {} : { body: body as BodyInit }),
    });
    if (answer.ok) return answer;
    const text = await answer.text();
    let code = "unknown";
    let message = text.slice(0, 300);
    try {
      const { error } = JSON.parse(text) as { error: { code: string; message: string } };
      ({ code, message } = error);
    } catch {
      // Not an answer of the API: its text says what there is to say.
    }
    throw new ApiFailure(answer.status, code, `${method} ${path}: ${message}`);
  }
}
