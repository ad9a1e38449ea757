/** Where the first rows of a library come from: said once, for the page and for its head start. */
import { apiUrl } from "./http";

/** Rows of one page of the library. */
export const ASSETS_PER_PAGE = 100;

/** The address of the first page that `/p/:id/library?q&sort` shows. */
export const firstAssets = (projectId: string, search: URLSearchParams): string =>
  apiUrl(`/projects/${projectId}/assets`, {
    q: search.get("q"),
    sort: search.get("sort") ?? "ordinal",
    offset: 0,
    limit: ASSETS_PER_PAGE,
  });
