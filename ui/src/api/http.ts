/**
 * One request to the server: builds the address, sends, and turns every failure
 * (an error body, a proxy's page, no network) into one ApiError that a person can read.
 * Knows no endpoint.
 */
import { takeEarly } from "./headStart";
import type { ErrorBody } from "./types";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly span: [number, number] | null;
  readonly details: Record<string, unknown>;
  readonly requestId: string | null;

  constructor(status: number, body: Partial<ErrorBody["error"]> & { message: string }) {
    super(body.message);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code ?? "unknown";
    this.hint = body.hint ?? null;
    this.span = body.span ?? null;
    this.details = body.details ?? {};
    this.requestId = body.request_id ?? null;
  }

  /** No answer came: the network is down or the server is. */
  get offline(): boolean {
    return this.code === "offline";
  }
}

export type QueryValue = string | number | boolean | null | undefined;
export type RequestOptions = {
  query?: Record<string, QueryValue>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: BodyInit;
  signal?: AbortSignal | undefined;
  /** Lets the request finish after the page is gone (last draft, last release). */
  keepalive?: boolean;
};

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const lostSession = new Set<() => void>();
const reach = new Set<(reachable: boolean) => void>();

/** Called whenever the server says that nobody is logged in. Returns the way to stop. */
export function onSessionLost(listener: () => void): () => void {
  lostSession.add(listener);
  return () => lostSession.delete(listener);
}

/** Called after each request with whether the server was reached. Returns the way to stop. */
export function onReach(listener: (reachable: boolean) => void): () => void {
  reach.add(listener);
  return () => reach.delete(listener);
}

/** `/api` address with its query; values that are null, undefined or "" are left out. */
export function apiUrl(path: string, query: Record<string, QueryValue> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return `/api${path}${text === "" ? "" : `?${text}`}`;
}

const offline = () =>
  new ApiError(0, {
    code: "offline",
    message: "the server cannot be reached",
    hint: "Check the connection. Sheaf tries again when you do.",
  });

export async function request<T>(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<T> {
  const { query, json, body, signal, keepalive } = options;
  const init: RequestInit = { method, headers: { accept: "application/json" } };
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers = { accept: "application/json", "content-type": "application/json" };
  } else if (body !== undefined) {
    init.body = body;
    init.headers = { accept: "application/json", "content-type": "application/octet-stream" };
  }
  if (signal !== undefined) init.signal = signal;
  if (keepalive === true) init.keepalive = true;

  let answer: globalThis.Response;
  try {
    const url = apiUrl(path, query);
    answer = (method === "GET" && (await takeEarly(url))) || (await fetch(url, init));
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    for (const tell of reach) tell(false);
    throw offline();
  }
  return read<T>(answer);
}

/**
 * POST of one big body that tells how much of it was sent, 0 to 1. `fetch` cannot.
 * What it is answered is read as everywhere.
 */
export async function send<T>(
  path: string,
  body: Blob,
  options: {
    type: string;
    query?: Record<string, QueryValue>;
    signal: AbortSignal;
    onSent: (part: number) => void;
  },
): Promise<T> {
  const { type, query, signal, onSent } = options;
  const answer = await new Promise<globalThis.Response>((resolve, reject) => {
    const call = new XMLHttpRequest();
    const stop = () => call.abort();
    const fail = (error: Error) => {
      signal.removeEventListener("abort", stop);
      reject(error);
    };
    call.open("POST", apiUrl(path, query));
    call.setRequestHeader("accept", "application/json");
    call.setRequestHeader("content-type", type);
    call.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total);
    call.onabort = () => fail(new DOMException("it was stopped", "AbortError"));
    call.onerror = () => {
      for (const tell of reach) tell(false);
      fail(offline());
    };
    call.onload = () => {
      signal.removeEventListener("abort", stop);
      const { status, statusText } = call;
      resolve(new globalThis.Response(call.responseText, { status, statusText }));
    };
    signal.addEventListener("abort", stop);
    call.send(body);
    if (signal.aborted) stop();
  });
  return read<T>(answer);
}

async function read<T>(answer: globalThis.Response): Promise<T> {
  const reached = answer.status < 502 || answer.status > 504;
  for (const tell of reach) tell(reached);
  if (answer.ok) {
    if (answer.status === 204 || answer.headers.get("content-length") === "0") {
      return undefined as T;
    }
    return (await answer.json()) as T;
  }
  const error = await readError(answer);
  if (answer.status === 401 && error.code === "unauthenticated") {
    for (const tell of lostSession) tell();
  }
  throw error;
}

async function readError(answer: globalThis.Response): Promise<ApiError> {
  try {
    const body = (await answer.json()) as ErrorBody;
    if (typeof body.error?.message === "string") return new ApiError(answer.status, body.error);
  } catch {
    // Not ours (a proxy's page): fall through to a message of our own.
  }
  return new ApiError(answer.status, {
    code: "http",
    message: `the server answered ${answer.status} ${answer.statusText}`.trim(),
    hint: "If it stays so, the server's log says more.",
  });
}

export const get = <T>(path: string, options?: RequestOptions) => request<T>("GET", path, options);
export const post = <T>(path: string, json: unknown = {}, options?: RequestOptions) =>
  request<T>("POST", path, { ...options, json });
export const put = <T>(path: string, json: unknown, options?: RequestOptions) =>
  request<T>("PUT", path, { ...options, json });
export const patch = <T>(path: string, json: unknown, options?: RequestOptions) =>
  request<T>("PATCH", path, { ...options, json });
export const del = <T = void>(path: string, options?: RequestOptions) =>
  request<T>("DELETE", path, options);
