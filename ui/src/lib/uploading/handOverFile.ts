/** A file dropped on the list, kept until the page that reads it takes it over. */
import type { PickedFile } from "./dropped";

let waiting: File | null = null;

export function handOverFile(files: readonly PickedFile[]): void {
  waiting = files[0]?.file ?? null;
}

export function takeOverFile(): File | null {
  const file = waiting;
  waiting = null;
  return file;
}
