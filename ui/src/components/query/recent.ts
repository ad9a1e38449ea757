/** The last queries of a project that were run in this browser, newest first. */

const LIMIT = 20;
const key = (projectId: string) => `sheaf:queries:${projectId}`;

export function recentQueries(projectId: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key(projectId)) ?? "[]");
    return Array.isArray(stored) ? stored.filter((q) => typeof q === "string") : [];
  } catch {
    return [];
  }
}

export function rememberQuery(projectId: string, q: string): void {
  if (q.trim() === "") return;
  const next = [q, ...recentQueries(projectId).filter((old) => old !== q)].slice(0, LIMIT);
  try {
    localStorage.setItem(key(projectId), JSON.stringify(next));
  } catch {
    // A full or forbidden store costs the history, nothing else.
  }
}
