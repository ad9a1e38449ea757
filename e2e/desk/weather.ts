/** A library with metadata of each kind, for the stories about choosing and finding. */
import { csv, pictures, type Desk, type Person, type Project } from "./desk";
import { KIND_ONLY } from "./taxonomies";

export const WEATHER = ["rain", "sun", "snow"] as const;

/**
 * Pictures 0, 1, 2, ...: the weather goes round rain, sun, snow; `hour` is the number; `score` is a hundredth of it, and
 * every tenth has no `city`.
 */
export async function weatherLibrary(
  desk: Desk,
  count = 24,
): Promise<{ project: Project; manager: Person }> {
  const project = await desk.project({ name: `Weather ${desk.next()}`, taxonomy: KIND_ONLY });
  await uploadWeather(desk, project, count);
  return { project, manager: await desk.manager(project) };
}

/** More of the same, from picture number `from` on. */
export async function uploadWeather(
  desk: Desk,
  project: Project,
  count: number,
  from = 0,
): Promise<void> {
  const files = pictures(count, from);
  const rows = files.map(({ name }, i) => {
    const n = from + i;
    return [name, WEATHER[n % 3]!, n, n / 100, n % 10 === 0 ? "" : ["Oslo", "Rome"][n % 2]!];
  });
  const manifest = csv([["file", "weather", "hour", "score", "city"], ...rows]);
  await desk.upload(project, files, { name: `drive ${from}`, manifest: manifest.text });
}
