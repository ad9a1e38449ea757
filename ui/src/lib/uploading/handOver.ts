/** Files dropped on one page, on their way to the form of another. Memory only. */
import { useEffect, useState } from "react";
import type { PickedFile } from "./dropped";

let waiting: readonly PickedFile[] = [];

export function handOver(files: readonly PickedFile[]): void {
  waiting = files;
}

/**
 * What was handed over to this page. It is taken when the page stands: React may render a page, throw that away and begin anew,
 * and what the first one took would be gone.
 */
export function useTakenOver(): readonly PickedFile[] {
  const [files] = useState(() => waiting);
  useEffect(() => {
    if (waiting === files) waiting = [];
  }, [files]);
  return files;
}
