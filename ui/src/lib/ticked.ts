/** Assets ticked in the library, on their way to the batch builder; kept for this tab only. */

const key = (projectId: string) => `sheaf:ticked:${projectId}`;

export function keepTicked(projectId: string, ids: readonly string[]): void {
  sessionStorage.setItem(key(projectId), JSON.stringify(ids));
}

export function tickedOf(projectId: string): string[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key(projectId)) ?? "[]");
    return Array.isArray(value) ? value.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}
