/** Pictures that three people judged, not all the same. */
import { answer, box } from "./answer";
import type { Batch, Desk, Project } from "./desk";
import { BOX_AND_KIND } from "./taxonomies";

/** Two pictures that three people judge: they differ on the first and agree on the second. */
export async function judged(desk: Desk): Promise<{ project: Project; batch: Batch }> {
  const project = await desk.project({ taxonomy: BOX_AND_KIND });
  await desk.images(project, 2);
  const batch = await desk.batch(
    project,
    { pick: "all" },
    { launch: true, overlap: 3, review_levels: 1, name: `by three ${desk.next()}` },
  );
  const anna = await desk.annotator(project, "Anna");
  const ben = await desk.annotator(project, "Ben");
  const cleo = await desk.annotator(project, "Cleo");
  await answer(anna, "cat", [box(20)]);
  await answer(ben, "cat", [box(26), box(110, "person")]);
  await answer(cleo, "dog", [box(22)]);
  for (const person of [anna, ben, cleo]) await answer(person, "dog", [box(40)]);
  return { project, batch };
}
