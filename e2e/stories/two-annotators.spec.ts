/** Two people label one batch at once: every task is answered, and none twice. */
import type { Page } from "@playwright/test";
import { KIND_ONLY } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

const TASKS = 12;

/** Labels whatever comes until there is nothing more; answers how many it was. */
async function labelAll(page: Page): Promise<number> {
  const image = page.getByRole("application");
  const allDone = page.getByRole("heading", { name: "All done" });
  const waiting = page.getByRole("heading", { name: "Everything is in other hands" });
  let done = 0;
  for (;;) {
    await expect(image.or(allDone).or(waiting)).toBeVisible();
    if (await allDone.isVisible()) return done;
    if (await waiting.isVisible()) {
      await expect(waiting).toBeHidden();
      continue;
    }
    const name = await image.getAttribute("aria-label");
    await page.keyboard.press(done % 2 === 0 ? "c" : "d");
    await page.keyboard.press("Enter");
    done += 1;
    // Another task, or none: not this one any more.
    await expect(page.locator(`[role="application"][aria-label="${name}"]`)).toHaveCount(0);
  }
}

test("twelve tasks, two people, twelve answers", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, TASKS);
  const batch = await desk.batch(project, { pick: "all" }, { launch: true });
  const pages = await Promise.all([
    open(await desk.annotator(project, "Nils"), "/label"),
    open(await desk.annotator(project, "Olga"), "/label"),
  ]);
  const done = await Promise.all(pages.map(labelAll));
  expect(done[0]! + done[1]!).toBe(TASKS);
  expect(Math.min(...done), "both have worked").toBeGreaterThan(0);

  const lines = await desk.exported(project);
  expect(lines).toHaveLength(TASKS);
  expect(new Set(lines.map(({ task_id }) => task_id)).size).toBe(TASKS);
  expect(lines.map(({ asset }) => asset.name).sort()).toEqual(
    Array.from({ length: TASKS }, (_, n) => `picture-${String(n).padStart(3, "0")}.png`),
  );

  const page = await open(await desk.manager(project), `/p/${project.id}/batches/${batch.id}`);
  await expect(page.getByText("Completed", { exact: true }).first()).toBeVisible();
  const people = page.getByRole("region", { name: "Who does what" });
  await expect(people.getByRole("row", { name: new RegExp(`Nils.*${done[0]}`) })).toBeVisible();
  await expect(people.getByRole("row", { name: new RegExp(`Olga.*${done[1]}`) })).toBeVisible();
});
