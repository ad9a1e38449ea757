/** Who is served what, and in which order: groups, orders by hand, what comes next and why, skips taken back. */
import { labelDesk } from "../desk/label";
import { KIND_ONLY } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

test("a manager opens a batch to a group, and sees why others get nothing of it", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 2);
  const birder = await desk.join(project, ["annotator"], "Bea Birder");
  const other = await desk.join(project, ["annotator"], "Otto Other");
  const batch = await desk.batch(project, { pick: "all" }, { name: "birds" });
  const page = await open(
    await desk.manager(project),
    `/p/${project.id}/people`,
  );

  await page.getByRole("button", { name: "Make a group" }).click();
  const form = page.getByRole("dialog", { name: "Make a group" });
  await form.getByLabel("Name").fill("Those who know birds");
  await form.getByRole("combobox", { name: "People" }).click();
  await page.getByRole("option", { name: "Bea Birder" }).click();
  await form.getByLabel("Name").click();
  await form.getByRole("button", { name: "Make the group" }).click();
  const groups = page.getByRole("region", { name: "Groups" });
  await expect(
    groups.getByRole("row", { name: /Those who know birds Bea Birder/ }),
  ).toBeVisible();

  await page.goto(`/p/${project.id}/batches/${batch.id}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: /^Edit/ }).click();
  const edit = page.getByRole("dialog", { name: "Edit the batch" });
  await edit.getByRole("combobox", { name: "Open to" }).click();
  await page.getByRole("option", { name: /Those who know birds/ }).click();
  await edit.getByLabel("Name").click();
  await edit.getByRole("combobox", { name: "Order of its tasks" }).click();
  await page.getByRole("option", { name: "Shuffled" }).click();
  await edit.getByLabel("Due").fill("2020-01-02T03:04");
  await edit.getByLabel("Judgements per task").fill("2");
  await edit.getByRole("button", { name: "Save" }).click();
  const served = page.getByRole("region", { name: "How it is served" });
  await expect(served).toContainText(/Open to\s*Those who know birds/);
  await expect(served).toContainText(/Shuffled, seed \d+/);
  await expect(served).toContainText("Overdue");

  await page.getByRole("button", { name: "Launch" }).click();
  await expect(page.getByRole("alert").first()).toContainText(
    "2 judgements of each task are asked for, and only 1 may give one.",
  );
  const claim = { claim_id: crypto.randomUUID() };
  expect(await birder.api.post("/queue/claim", claim)).toMatchObject({
    tasks: [{}],
  });
  expect(await other.api.post("/queue/claim", claim)).toMatchObject({
    tasks: [],
  });

  await page.goto(`/p/${project.id}/people`);
  const row = page.getByRole("row", { name: /Otto Other/ });
  await row.getByRole("button", { name: "What comes next" }).click();
  const told = page.getByRole("dialog", {
    name: "What comes next for Otto Other",
  });
  await expect(
    told.getByRole("row", { name: /Label birds Not open to them/ }),
  ).toBeVisible();
});

test("the order of the batches is made by keys and by dragging, and reset", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 1);
  for (const name of ["one", "two", "three"]) {
    await desk.batch(project, { pick: "all" }, { name, launch: true });
  }
  const annotator = await desk.annotator(project);
  const next = async () => {
    const { tasks } = await annotator.api.post<{
      tasks: { lease_id: string; batch: { name: string } }[];
    }>("/queue/claim", { claim_id: crypto.randomUUID() });
    for (const { lease_id } of tasks)
      await annotator.api.post(`/queue/leases/${lease_id}/release`);
    return tasks[0]?.batch.name;
  };
  const page = await open(
    await desk.manager(project),
    `/p/${project.id}/batches`,
  );
  await page.getByRole("link", { name: "Queue order" }).click();
  const names = page
    .getByRole("region", { name: "Order of the queue" })
    .getByRole("link");
  await expect(names).toHaveText(["one", "two", "three"]);
  expect(await next()).toBe("one");

  await page.getByRole("row", { name: "3: three" }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(names).toHaveText(["one", "three", "two"]);
  await page.keyboard.press("Alt+ArrowUp");
  await expect(names).toHaveText(["three", "one", "two"]);
  await expect(page.getByText("Put into order by hand")).toBeVisible();
  await expect.poll(next).toBe("three");

  await page
    .getByRole("row", { name: "3: two" })
    .dragTo(page.getByRole("row", { name: "1: three" }));
  await expect(names).toHaveText(["two", "three", "one"]);
  await expect.poll(next).toBe("two");

  await page
    .getByRole("button", { name: "Reset to the recommended order" })
    .click();
  await expect(names).toHaveText(["one", "two", "three"]);
  await expect.poll(next).toBe("one");
});

test("a skip is taken back from the history, and the asset's page says why it is served", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 1);
  await desk.batch(project, { pick: "all" }, { name: "only", launch: true });
  const annotator = await desk.annotator(project);
  const { tasks } = await annotator.api.post<{ tasks: { lease_id: string }[] }>(
    "/queue/claim",
    {
      claim_id: crypto.randomUUID(),
    },
  );
  await annotator.api.post(`/queue/leases/${tasks[0]!.lease_id}/skip`, {
    reason: "too dark",
  });

  const [asset] = await desk.assets(project);
  const manager = await open(
    await desk.manager(project),
    `/p/${project.id}/assets/${asset!.id}`,
  );
  await expect(
    manager.getByText("Blocked: too many people passed on it"),
  ).toBeVisible();
  await expect(manager.getByText(/by .*: too dark/)).toBeVisible();

  const page = await open(annotator, "/history");
  const skipped = page.getByRole("region", { name: "Skipped" });
  await expect(
    skipped.getByRole("row", { name: /too dark only/ }),
  ).toBeVisible();
  const broken = () =>
    page
      .locator("img")
      .evaluateAll(
        (all) =>
          all.filter((one) => {
            const { complete, naturalWidth } = one as HTMLImageElement;
            return complete && naturalWidth === 0;
          }).length,
      );
  await expect.poll(broken).toBe(0);
  await skipped.getByRole("button", { name: "Take back" }).click();
  await expect(skipped).toBeHidden();
  await page.goto("/label");
  await expect(labelDesk(page).image("picture-000.png")).toBeVisible();
  await manager.reload();
  await expect(
    manager.getByText(/^Held by .* for \d+ minutes more/),
  ).toBeVisible();
});
