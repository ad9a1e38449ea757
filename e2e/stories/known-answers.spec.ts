/** Tasks whose answers are known: an annotator is trained by keyboard, and gold among the tasks measures people unseen. */
import type { Batch, Desk, Person, Project } from "../desk/desk";
import { labelDesk } from "../desk/label";
import { KIND_ONLY } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

type Claimed = { lease_id: string; asset: { name: string }; batch: { name: string; kind: string } };

/** The next task of somebody, handed in; undefined when there is none. */
async function answer(person: Person, kind: string): Promise<Claimed | undefined> {
  const { tasks } = await person.api.post<{ tasks: Claimed[] }>("/queue/claim", {
    claim_id: crypto.randomUUID(),
    count: 1,
  });
  const task = tasks[0];
  if (task === undefined) return undefined;
  const { feedback } = await person.api.post<{ feedback: unknown }>(
    `/queue/leases/${task.lease_id}/submit`,
    { submission_id: crypto.randomUUID(), response: { annotations: [], fields: { kind } }, seconds: 3 },
  );
  expect(feedback).toBeNull();
  return task;
}

/** The first pictures of a project, labelled by somebody who knows: cat, dog, cat, ... */
async function labelled(desk: Desk, count: number): Promise<{ project: Project; source: Batch }> {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, count);
  const source = await desk.batch(
    project,
    { pick: "all" },
    { launch: true, name: `by an expert ${desk.next()}` },
  );
  const expert = await desk.annotator(project, "Ed Expert");
  for (let n = 0; n < count; n += 1) await answer(expert, n % 2 === 0 ? "cat" : "dog");
  return { project, source };
}

test("a training batch takes its answers from a labelled one, and teaches an annotator by keyboard", async ({
  desk,
  open,
}) => {
  const { project, source } = await labelled(desk, 3);
  await desk.images(project, 1, 3);
  await desk.batch(project, { exclude: { batched: "any" }, pick: "all" }, { launch: true });
  const manager = await desk.manager(project);
  const q = encodeURIComponent(`batch:"${source.name}"`);
  const page = await open(manager, `/p/${project.id}/batches/new?from=query&leave=none&q=${q}`);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("first steps");
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Training" }).click();
  await expect(page.getByText("after each one the annotator sees how it went")).toBeVisible();
  await expect(page.getByLabel("Judgements per task")).toHaveCount(0);
  await expect(page.getByRole("radiogroup", { name: "When it starts" })).toHaveCount(0);
  await page.getByRole("button", { name: "Make batch of 3, keep in staging" }).click();

  // It waits for its answers, and says so.
  const known = page.getByRole("region", { name: "Known answers" });
  const launch = page.getByRole("button", { name: "Launch", exact: true });
  await expect(known).toContainText("0 of 3 known");
  await expect(launch).toBeDisabled();
  await expect(launch).toHaveAccessibleDescription("3 tasks have no known answer yet");
  await expect(page.getByText("Judgements")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Agreement" })).toHaveCount(0);

  await known.getByRole("button", { name: "Import answers" }).click();
  await page.getByRole("menuitem", { name: "Take the answers of another batch" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Batch" }).click();
  await page.getByRole("option", { name: source.name }).click();
  await dialog.getByRole("button", { name: "Take the answers" }).click();
  await expect(dialog).toContainText("3 known answers written. All tasks have one now.");
  await dialog.getByText("Close", { exact: true }).click();
  await expect(known).toContainText("3 of 3 known");
  await expect(known.getByRole("row", { name: /picture-001/ })).toContainText("What is it?: Dog");

  await known.getByRole("button", { name: "Edit the note of picture-000.png" }).click();
  await dialog.getByLabel("Note").fill("It has whiskers.");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(known).toContainText("It has whiskers.");
  await expect(known.getByRole("row", { name: /picture-000/ })).toContainText("What is it?: Cat");
  await launch.click();
  await expect(page.getByText("In progress", { exact: true })).toBeVisible();

  // The annotator: training first, explained after each, and no mouse.
  const annotator = await desk.annotator(project);
  const work = await open(annotator, "/label");
  const label = labelDesk(work);
  const how = work.getByRole("complementary", { name: "How it went" });
  const badge = work.getByText("training", { exact: true });
  await expect(label.image("picture-000.png")).toBeVisible();
  await expect(badge).toBeVisible();
  await work.keyboard.press("d");
  await work.keyboard.press("Enter");
  await expect(how.getByRole("heading", { name: "Not right" })).toBeVisible();
  await expect(how).toContainText("Score 0");
  await expect(how.getByRole("row", { name: /What is it\?/ })).toContainText("DogCat");
  await expect(how).toContainText("It has whiskers.");
  await expect(badge).toBeVisible();
  await expect(work.locator('[role="status"]').filter({ hasText: "Training: picture-000.png" })).toContainText(
    "Not right, score 0. What is it?: you said Dog, known is Cat. It has whiskers.",
  );
  await work.keyboard.press("Enter");
  await expect(how).toHaveCount(0);

  await expect(label.image("picture-001.png")).toBeVisible();
  await work.keyboard.press("d");
  await work.keyboard.press("Enter");
  await expect(how.getByRole("heading", { name: "All right" })).toBeVisible();
  await work.keyboard.press("Control+Enter");
  await expect(label.image("picture-002.png")).toBeVisible();

  // Without a connection the work goes on; how it went comes with the connection.
  const claimed = async () => (await desk.assets(project, "status:claimed")).map(({ name }) => name);
  await expect.poll(claimed).toContain("picture-003.png");
  await work.context().setOffline(true);
  await work.keyboard.press("c");
  await work.keyboard.press("Enter");
  await expect(label.image("picture-003.png")).toBeVisible();
  await expect(badge).toHaveCount(0);
  await expect(how).toHaveCount(0);
  await work.context().setOffline(false);
  await expect(how.getByRole("heading", { name: "All right" })).toBeVisible();
  await expect(async () => {
    await work.keyboard.press("Enter");
    await expect(how).toHaveCount(0, { timeout: 300 });
  }).toPass();

  // A real task is not explained.
  await expect(label.image("picture-003.png")).toBeVisible();
  await work.keyboard.press("c");
  await work.keyboard.press("Enter");
  await expect(work.getByText("Handed in:")).toBeVisible();
  await expect(how).toHaveCount(0);
});

test("gold is mixed in unseen, and the manager sees who is accurate", async ({ desk, open }) => {
  const { project, source } = await labelled(desk, 2);
  const manager = await desk.manager(project);
  const page = await open(manager, `/p/${project.id}/people`);
  const accuracy = page.getByRole("region", { name: "Accuracy" });
  await expect(accuracy).toContainText("Nobody has done a task with a known answer yet");

  await desk.images(project, 30, 2);
  const real = await desk.batch(
    project,
    { exclude: { batched: "any" }, pick: "all" },
    { launch: true, name: "the real work" },
  );
  const gold = await desk.batch(
    project,
    { query: `batch:"${source.name}"`, pick: "all" },
    { kind: "gold", gold_rate: 50, name: "the known ones" },
  );
  await page.goto(`/p/${project.id}/batches/${gold.id}`);
  await expect(page.getByText("50%", { exact: true })).toBeVisible();
  const known = page.getByRole("region", { name: "Known answers" });

  // A file with something wrong in its second line writes nothing, and says where.
  const [first, second] = await desk.assets(project, `batch:"${source.name}"`);
  const line = (asset_id: string, kind: string) =>
    JSON.stringify({ asset_id, response: { annotations: [], fields: { kind } }, note: "" });
  const upload = async (lines: string[]) => {
    await page.locator('input[type="file"]').setInputFiles({
      name: "known.jsonl",
      mimeType: "application/jsonl",
      buffer: Buffer.from(lines.join("\n")),
    });
    await page.getByRole("dialog").getByRole("button", { name: "Upload", exact: true }).click();
  };
  await known.getByRole("button", { name: "Import answers" }).click();
  await page.getByRole("menuitem", { name: "Upload answers" }).click();
  const dialog = page.getByRole("dialog");
  await upload([line(first!.id, "cat"), "", line(second!.id, "horse")]);
  await expect(dialog).toContainText("Nothing was written.");
  await expect(dialog).toContainText("Line 3: response.fields.kind");
  await upload([line(first!.id, "cat"), line(second!.id, "dog")]);
  await expect(dialog).toContainText("2 known answers written. All tasks have one now.");
  await dialog.getByText("Close", { exact: true }).click();
  await page.getByRole("button", { name: "Launch", exact: true }).click();
  await expect(page.getByText("In progress", { exact: true })).toBeVisible();

  // Whoever labels sees one batch; that 30 tasks of it bring fewer than two gold ones has a chance below 1e-7.
  const annotator = await desk.annotator(project, "Carla Cat");
  const names: string[] = [];
  for (let task = await answer(annotator, "cat"); task; task = await answer(annotator, "cat")) {
    expect(task.batch).toMatchObject({ name: real.name, kind: "production" });
    names.push(task.asset.name);
  }
  expect(new Set(names).size).toBe(32);
  const work = await open(annotator, "/history");
  await expect(work.getByText("the real work").first()).toBeVisible();
  await expect(work.getByText("the known ones")).toHaveCount(0);

  await page.goto(`/p/${project.id}/people`);
  const row = accuracy.getByRole("row", { name: /^Carla Cat/ });
  await expect(row.getByRole("cell").nth(1)).toHaveText("0.50");
  await expect(row.getByRole("cell").nth(2)).toHaveText("2");
  await page.goto(`/p/${project.id}/batches/${gold.id}`);
  await expect(known.getByRole("row", { name: /picture-001/ }).getByRole("cell").nth(4)).toHaveText("0");
  await expect(page.getByText("100")).toHaveCount(0);
});
