/**
 * Reads that are sent before the code that asks for them has arrived, so that a page does not wait for its
 * own script and then for the network. `request` takes each of them once.
 */

/** An answer older than this is asked for again, in milliseconds. */
const FRESH_MS = 5_000;

const early = new Map<string, { at: number; answer: Promise<Response | null> }>();

/** Sends a GET now. The answer is null when it could not be sent. */
export function headStart(url: string): Promise<Response | null> {
  const answer = fetch(url, { headers: { accept: "application/json" } }).catch(() => null);
  early.set(url, { at: performance.now(), answer });
  return answer;
}

/** What was sent early for this address, if it is fresh: for one asker. */
export function takeEarly(url: string): Promise<Response | null> | undefined {
  const found = early.get(url);
  early.delete(url);
  return found !== undefined && performance.now() - found.at < FRESH_MS ? found.answer : undefined;
}
