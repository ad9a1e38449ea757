/** Files dropped on one page, on their way to the upload form of another. Memory only. */
import type { PickedFile } from "~/lib/uploading/dropped";

let waiting: PickedFile[] = [];

export function handOver(files: PickedFile[]): void {
  waiting = files;
}

export function takeOver(): PickedFile[] {
  const files = waiting;
  waiting = [];
  return files;
}
