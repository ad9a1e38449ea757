/** Labelling texts with the keyboard: what is marked is stored in code points, whatever is in front of it. */
import { labelDesk } from "../desk/label";
import { PEOPLE_AND_PLACES } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

const TEXT = "😀👩‍🚀 Jane met Bob in Zürich.\nThen Bob went home.";

test("spans by keyboard arrive with the right offsets behind an emoji", async ({ desk, open }) => {
  const project = await desk.project({ media: "text", taxonomy: PEOPLE_AND_PLACES });
  await desk.texts(project, { "a.txt": TEXT, "b.txt": "Nobody is here." });
  await desk.batch(project, { pick: "all" }, { launch: true });
  const page = await open(await desk.annotator(project), "/label");
  const { stage, answer } = labelDesk(page);
  await expect(stage).toHaveAccessibleName(/a\.txt, 0 spans/);
  await expect(stage).toContainText("Jane met Bob");

  // Two emoji and a space to the right stands Jane.
  await page.keyboard.press("Control+Home");
  for (const _ of ["😀", "👩‍🚀", " "]) await page.keyboard.press("ArrowRight");
  for (const _ of "Jane") await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByText("4 selected")).toBeVisible();
  await page.keyboard.press("1");
  await expect(stage).toHaveAccessibleName(/1 spans/);

  // At the end of the line: back over the full stop and take the word.
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.keyboard.press("2");
  await expect(stage).toHaveAccessibleName(/2 spans/);
  await expect(answer.getByRole("button", { name: /Place.*Zürich/ })).toBeVisible();

  await page.keyboard.press("Control+z");
  await expect(stage).toHaveAccessibleName(/1 spans/);
  await page.keyboard.press("Control+y");
  await expect(stage).toHaveAccessibleName(/2 spans/);

  await page.keyboard.press("Control+Enter");
  await expect(stage).toHaveAccessibleName(/b\.txt, 0 spans/);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();

  const lines = await desk.exported(project);
  const spans = lines
    .find(({ asset }) => asset.name === "a.txt")!
    .response.annotations.map(({ label, start, end, text }) => ({ label, start, end, text }));
  const points = [...TEXT];
  const at = (text: string) => {
    const start = [...TEXT.slice(0, TEXT.indexOf(text))].length;
    return { start, end: start + [...text].length };
  };
  expect(spans).toEqual([
    { label: "person", text: "Jane", ...at("Jane") },
    { label: "place", text: "Zürich", ...at("Zürich") },
  ]);
  for (const { start, end, text } of spans) {
    expect(points.slice(Number(start), Number(end)).join("")).toBe(text);
  }
});
