/** Metadata updated from a file in the browser: looked at, sent, told row by row; and the list of all updates. */
import { expect, test } from "../desk/test";
import { weatherLibrary } from "../desk/weather";

const file = (name: string, text: string) => ({
  name,
  mimeType: name.endsWith(".csv") ? "text/csv" : "application/jsonl",
  buffer: Buffer.from(text, "utf8"),
});

test("a CSV: what its columns mean, then row by row what was refused", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 6);
  const assets = await desk.assets(project);
  const rows = assets.slice(0, 3).map(({ id }, i) => `${id},${i / 10},fog`);
  const page = await open(manager, `/p/${project.id}/uploads`);
  await page.getByRole("link", { name: "Metadata updates", exact: true }).click();
  await expect(page.getByText("No metadata was updated yet")).toBeVisible();
  await page.getByRole("button", { name: "Update from a file" }).click();
  await expect(page.getByText("An empty cell leaves the field as it is.")).toBeVisible();

  // A file without a key is told before it is sent.
  const input = page.getByLabel("File to send");
  await input.setInputFiles(file("bad.csv", "name,score\na,1\n"));
  await expect(page.getByRole("alert")).toContainText("No column says which asset a row is for.");
  await expect(page.getByRole("button", { name: "Update the metadata" })).toBeDisabled();
  await input.setInputFiles(file("scores.txt", "id,score\n"));
  await expect(page.getByRole("alert")).toContainText("The name scores.txt does not say the file's form");

  const text = ["id,score,sky", ...rows, "ast_nobody,0.5,fog", ",0.5,fog"].join("\n");
  await input.setInputFiles(file("scores.csv", text));
  const review = page.getByRole("region", { name: "5 rows" });
  await expect(review.getByRole("row", { name: /^id/ })).toContainText("Says which asset");
  await expect(review.getByRole("row", { name: /^score/ })).toContainText("0 · 0.1 · 0.2");
  await expect(review.getByRole("row", { name: /^sky/ })).toContainText("new field");
  await expect(review.getByRole("row", { name: /^score/ })).not.toContainText("new field");
  await page.getByRole("button", { name: "Update the metadata" }).click();

  await expect(page.getByRole("heading", { name: "A CSV file" })).toBeVisible();
  await expect(page.getByRole("status")).toContainText("Done.");
  await expect(page.getByText("Changed3")).toBeVisible();
  const report = page.getByRole("region", { name: "What was refused" });
  await expect(report.getByRole("row")).toHaveCount(3);
  await expect(report.getByRole("row").nth(1)).toContainText(/^4.*unknown_id$/);
  await expect(report.getByRole("row").nth(2)).toContainText(/^5.*missing_key$/);
  const changed = await desk.assets(project, "sky:fog");
  expect(changed.map(({ metadata }) => metadata.score)).toEqual([0, 0.1, 0.2]);

  await page.getByRole("link", { name: "Metadata updates /" }).click();
  const listed = page.getByRole("region", { name: "List of metadata updates" }).getByRole("row").nth(1);
  await expect(listed).toContainText("A CSV file");
  await expect(listed).toContainText("Done");
  await listed.getByRole("link").click();
  await expect(report).toBeVisible();
});

test("a JSONL sets and removes, and sending it twice changes nothing more", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 4);
  const assets = await desk.assets(project);
  const text = assets
    .map(({ id }, i) => JSON.stringify({ id, metadata: { prediction: { score: i }, city: null } }))
    .join("\n");
  const page = await open(manager);
  for (const result of ["Changed4As they were0", "Changed0As they were4"]) {
    await page.goto(`/p/${project.id}/uploads/metadata/new`);
    await page.getByLabel("File to send").setInputFiles(file("model.jsonl", text));
    await expect(page.getByRole("row", { name: /^city/ })).toContainText("Removes the field");
    await page.getByRole("button", { name: "Update the metadata" }).click();
    await expect(page.getByRole("status")).toContainText("Done.");
    await expect(page.locator("main")).toContainText(result);
  }
  expect(await desk.assets(project, "prediction.score>=2")).toHaveLength(2);
  const after = await desk.assets(project);
  expect(after.filter(({ metadata }) => "city" in metadata)).toEqual([]);
});

test("what the server refuses as a whole is told on the page, and nothing has begun", async ({
  desk,
  open,
}) => {
  const { project, manager } = await weatherLibrary(desk, 2);
  const page = await open(manager, `/p/${project.id}/uploads/metadata/new`);
  await page.getByLabel("File to send").setInputFiles(file("a.csv", "id,score,score\nx,1,2\n"));
  await page.getByRole("button", { name: "Update the metadata" }).click();
  await expect(page.getByRole("alert")).toContainText(/score/);
  await page.goto(`/p/${project.id}/uploads/metadata`);
  await expect(page.getByText("No metadata was updated yet")).toBeVisible();
});

test("an update whose dialog was closed is seen in the library, and can be stopped", async ({
  desk,
  open,
}) => {
  test.setTimeout(120_000);
  const project = await desk.project({ name: `Long ${desk.next()}` });
  const rows = Array.from({ length: 300_000 }, (_, i) => `https://example.org/${i}.png,grey`);
  await desk.upload(project, [], { manifest: `url,sky\n${rows.join("\n")}\n` });
  const manager = await desk.manager(project);
  const page = await open(manager, `/p/${project.id}/library?q=sky:grey`);
  await expect(page.getByTestId("library-count")).toContainText("300,000 of 300,000");
  const setTo = async (value: string) => {
    await page.getByRole("listbox", { name: "Assets" }).focus();
    await page.keyboard.press("e");
    const dialog = page.getByRole("dialog", { name: "Edit metadata" });
    await dialog.getByRole("combobox", { name: "Field", exact: true }).fill("sky");
    await dialog.getByRole("textbox", { name: "Value of sky" }).fill(value);
    await dialog.getByRole("button", { name: "Change 300,000 assets" }).click();
    await dialog.getByRole("button", { name: "Close: it goes on" }).click();
    await expect(dialog).toBeHidden();
  };
  await setTo("fog");
  const note = page.getByRole("link", { name: /Updating metadata/ });
  await expect(note.getByRole("progressbar")).toBeVisible();
  const done = page.getByText("Metadata update done: 300,000 changes");
  await expect(done).toBeVisible({ timeout: 60_000 });
  // What is shown is looked at anew.
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Put this note away" }).click();
  await expect(done).toHaveCount(0);

  await page.getByRole("button", { name: "Clear the query" }).last().click();
  await expect(page.getByTestId("library-count")).toContainText("300,000 assets");
  await setTo("clear");
  await note.click();
  await expect(page.getByRole("heading", { name: "All that a query found" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("status")).toContainText("Cancelled. What was changed before stays changed.");
  await page.goto(`/p/${project.id}/uploads/metadata`);
  const list = page.getByRole("region", { name: "List of metadata updates" }).getByRole("row");
  await expect(list.nth(1)).toContainText("Cancelled");
  await expect(list.nth(2)).toContainText("300,000");
});
