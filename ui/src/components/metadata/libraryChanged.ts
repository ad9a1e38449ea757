/** The metadata of assets is not what it was: what was read of it is read again. */
import type { QueryClient } from "@tanstack/react-query";

export function libraryChanged(client: QueryClient, projectId: string): void {
  for (const key of ["fields", "facets", "parse", "asset", "select"]) {
    void client.invalidateQueries({ queryKey: [key, projectId] });
  }
}
