/** A choice of this browser (columns, facets, tile size) that outlives the page. */
import { useCallback, useState } from "react";

export function useStored<T>(
  key: string,
  fallback: T,
  parse: (value: unknown) => T | null,
): [T, (next: T) => void] {
  const read = () => {
    try {
      const raw = localStorage.getItem(key);
      return raw === null ? null : parse(JSON.parse(raw));
    } catch {
      return null;
    }
  };
  const [state, setState] = useState<{ key: string; value: T | null }>(() => ({
    key,
    value: read(),
  }));
  const value = state.key === key ? state.value : read();
  const set = useCallback(
    (next: T) => {
      setState({ key, value: next });
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Not remembered; the choice holds for this page.
      }
    },
    [key],
  );
  return [value ?? fallback, set];
}

export const asTexts = (value: unknown): string[] | null =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : null;
