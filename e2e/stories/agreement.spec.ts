/** Three people judge the same picture: the reviewer sees where they differ and takes what they say together; the batch sums up. */
import { judged } from "../desk/judged";
import { labelDesk } from "../desk/label";
import { expect, test } from "../desk/test";

test("the reviewer sees where three differ, and takes what they say together", async ({
  desk,
  open,
}) => {
  const { project } = await judged(desk);
  const reviewer = await desk.join(project, ["reviewer"], "Rita Reviewer");
  const page = await open(reviewer, "/label");
  const panel = page.getByRole("complementary", { name: "Review" });
  const image = labelDesk(page).image("picture-000.png");
  await expect(image).toHaveAccessibleName(/4 annotations/);
  await expect(panel).toContainText(/Agreement 0\.\d\ddisputed/);
  await expect(panel).toContainText("they differ: 0.33");

  // Only what not everybody marked; then all but one person's.
  await page.keyboard.press("d");
  await expect(image).toHaveAccessibleName(/1 annotations/);
  const only = panel.getByRole("button", { name: /Only the differences \(1\)/ });
  await expect(only).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("d");
  await expect(image).toHaveAccessibleName(/4 annotations/);
  await page.keyboard.press("Shift+Digit2");
  await expect(image).toHaveAccessibleName(/2 annotations/);
  const ben = panel.getByRole("button", { name: /^Show Ben .* among all$/ });
  await expect(ben).toHaveAttribute("aria-pressed", "false");
  await ben.click();
  await expect(image).toHaveAccessibleName(/4 annotations/);

  // The merged one is looked at, opened with the usual tools, and survives a reload once it is changed.
  await page.keyboard.press("m");
  await expect(image).toHaveAccessibleName(/1 annotations/);
  await expect(panel).toContainText("What is it?Cat");
  await page.keyboard.press("f");
  const label = labelDesk(page);
  await expect(page.getByRole("note")).toContainText("what the answers say together");
  await expect(label.option("Cat")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Control+Enter");

  // On the next all agree, and nothing is to be told apart.
  await expect(labelDesk(page).image("picture-001.png")).toBeVisible();
  await expect(panel).toContainText("Agreement 1all agree");
  await expect(panel).toContainText("Everybody marked the same.");
  await page.keyboard.press("Enter");
  await expect(panel).toHaveCount(0);

  const text = await desk.admin.api.text(
    `/projects/${project.id}/export?format=jsonl&merged=majority`,
  );
  const rows = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { merged: { by: string }; response: object });
  expect(rows.map(({ merged }) => merged.by)).toEqual(["reviewer", "majority"]);
  expect(rows[0]!.response).toMatchObject({
    annotations: [{ label: "car", left: 22, width: 50 }],
    fields: { kind: "cat" },
  });
});

test("a batch tells how far its people agree, and leads to what is disputed", async ({
  desk,
  open,
}) => {
  const { project, batch } = await judged(desk);
  const manager = await desk.manager(project);
  const page = await open(manager, `/p/${project.id}/batches/${batch.id}`);
  const part = page.getByRole("region", { name: "Agreement" });
  await expect(part).toContainText("Disputed1");
  await expect(part).toContainText("of 2 tasks");
  await expect(part.getByRole("row", { name: /^What is it\?/ })).toContainText("2");
  await expect(part.getByRole("row", { name: /^Anna \d+ and Ben \d+/ })).toBeVisible();
  await part.getByRole("link", { name: "1 disputed task in the library" }).click();
  await expect(page.getByRole("option", { name: /picture-000/ })).toBeVisible();
  await expect(page.getByRole("option", { name: /picture-001/ })).toHaveCount(0);

  const query = page.getByRole("textbox", { name: "Query", exact: true });
  await query.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("is:dis");
  const offered = page.getByRole("listbox", { name: "Completions" });
  await expect(offered.getByRole("option", { name: /^disputed/ })).toBeVisible();

  // A batch whose tasks wait for more judgements says so; one that asks for a single one says nothing.
  const waiting = await desk.batch(project, { pick: "all" }, { launch: true, overlap: 2 });
  await page.goto(`/p/${project.id}/batches/${waiting.id}`);
  await expect(part).toContainText("No task has all its 2 judgements yet");
  const single = await desk.batch(project, { pick: "all" }, { launch: true });
  await page.goto(`/p/${project.id}/batches/${single.id}`);
  await expect(page.getByRole("heading", { name: single.name })).toBeVisible();
  await expect(part).toHaveCount(0);
});
