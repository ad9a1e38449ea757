/** Reviews by two people in two browsers: accepted, sent back with a note, fixed; several answers; a change after handing in. */
import type { Page } from "@playwright/test";
import { answer, box } from "../desk/answer";
import type { Batch, Desk, Person, Project } from "../desk/desk";
import { labelDesk } from "../desk/label";
import { BOX_AND_KIND, KIND_ONLY } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

async function reviewed(
  desk: Desk,
  images: number,
  rest: object = {},
  taxonomy: object = KIND_ONLY,
): Promise<{ project: Project; batch: Batch }> {
  const project = await desk.project({ taxonomy });
  await desk.images(project, images);
  const batch = await desk.batch(
    project,
    { pick: "all" },
    { launch: true, review_levels: 1, ...rest },
  );
  return { project, batch };
}

const reviewer = (desk: Desk, project: Project): Promise<Person> =>
  desk.join(project, ["reviewer"], `Rita Reviewer ${desk.next()}`);

const reviewPanel = (page: Page) => page.getByRole("complementary", { name: "Review" });

test("sent back with a note, labelled again with the note in sight, accepted: the batch is completed", async ({
  desk,
  open,
}) => {
  const { project, batch } = await reviewed(desk, 1);
  const annotators = await open(await desk.annotator(project), "/label");
  const label = labelDesk(annotators);
  await expect(label.image("picture-000.png")).toBeVisible();
  await annotators.keyboard.press("c");
  await annotators.keyboard.press("Enter");
  await expect(annotators.getByRole("heading", { name: "All labelled" })).toBeVisible();

  const reviewers = await open(await reviewer(desk, project), "/label");
  const panel = reviewPanel(reviewers);
  await expect(panel).toContainText(/Nils Annotator.*just now, took/);
  await expect(panel).toContainText("What is it?Cat");
  await reviewers.keyboard.press("r");
  const note = panel.getByRole("textbox", { name: "What is to be done differently?" });
  await expect(note).toBeFocused();
  await expect(panel.getByRole("button", { name: /^Send back/ })).toBeDisabled();
  // Leaving the note gives no verdict, and Enter in it is a new line.
  await reviewers.keyboard.press("Escape");
  await expect(note).toHaveCount(0);
  await reviewers.keyboard.press("r");
  await expect(note).toBeFocused();
  await reviewers.keyboard.type("Look again:\nit barks.");
  await reviewers.keyboard.press("Control+Enter");
  await expect(panel).toHaveCount(0);

  await expect(label.image("picture-000.png")).toBeVisible();
  const sentBack = annotators.getByRole("note", { name: "Sent back" });
  await expect(sentBack).toContainText("it barks.");
  await expect(sentBack).toContainText("Rita Reviewer");
  await expect(label.option("Cat")).toHaveAttribute("aria-pressed", "true");
  await annotators.keyboard.press("d");
  await annotators.keyboard.press("Enter");

  await expect(panel).toContainText("What is it?Dog");
  await expect(panel).toContainText("Earlier reviews");
  await expect(panel).toContainText("it barks.");
  await reviewers.keyboard.press("Enter");
  await expect(panel).toHaveCount(0);

  const managers = await open(await desk.manager(project), `/p/${project.id}/batches/${batch.id}`);
  await expect(managers.getByText("Completed", { exact: true })).toBeVisible();
  await expect(managers.getByRole("region", { name: "Progress" })).toContainText("Done 1 100%");
  const [asset] = await desk.assets(project, "status:done");
  await managers.goto(`/p/${project.id}/assets/${asset!.id}`);
  await expect(managers.getByText(/^Sent back by a reviewer/)).toBeVisible();
  await expect(managers.getByText(/^Accepted by a reviewer/)).toBeVisible();
});

test("of several answers one is fixed with the usual tools; both are kept and the fix counts", async ({
  desk,
  open,
}) => {
  const { project } = await reviewed(desk, 1, { overlap: 2 }, BOX_AND_KIND);
  await answer(await desk.annotator(project, "Anna"), "cat", [box(20)]);
  await answer(await desk.annotator(project, "Ben"), "dog", [box(26), box(90, "person")]);

  const page = await open(await reviewer(desk, project), "/label");
  const panel = reviewPanel(page);
  const image = labelDesk(page).image("picture-000.png");
  await expect(image).toHaveAccessibleName(/3 annotations/);
  await expect(panel).toContainText("they differ");
  await expect(panel.getByRole("button", { name: /^Fix merged/ })).toBeEnabled();
  await page.keyboard.press("1");
  await expect(image).toHaveAccessibleName(/1 annotations/);
  await page.keyboard.press(".");
  await expect(image).toHaveAccessibleName(/2 annotations/);
  // Nothing of an answer that is looked at can be changed.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Delete");
  await page.keyboard.press("ArrowRight");
  await expect(image).toHaveAccessibleName(/2 annotations/);

  // Looking into a fix and leaving it is no draft: after a reload it is a review again.
  await page.keyboard.press("f");
  await expect(page.getByRole("note")).toContainText("You are fixing the answer of Ben");
  await page.keyboard.press("r");
  await expect(panel).toBeVisible();
  await page.reload();
  await expect(image).toHaveAccessibleName(/3 annotations/);
  await page.keyboard.press("2");
  await expect(image).toHaveAccessibleName(/2 annotations/);

  await page.keyboard.press("f");
  await expect(page.getByRole("note")).toContainText("You are fixing the answer of Ben");
  const label = labelDesk(page);
  await expect(label.option("Dog")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("c");
  await page.keyboard.press("Control+Enter");
  await expect(panel).toHaveCount(0);
  await expect(label.answer).toHaveCount(0);

  const [asset] = await desk.assets(project, "status:done");
  const { answers, ledger } = await desk.admin.api.get<{
    answers: { annotator: { name: string }; response: { fields: { kind: string } } }[];
    ledger: { event: string }[];
  }>(`/projects/${project.id}/assets/${asset!.id}`);
  expect(ledger.map(({ event }) => event)).toContain("fixed");
  const kinds = answers.map(({ response }) => response.fields.kind);
  expect(kinds).toContain("cat");
  expect((await desk.exported(project)).map(({ response }) => response.fields["kind"])).toContain(
    "cat",
  );
});

test("nobody is offered their own work for review, and reviews come before labels", async ({
  desk,
  open,
}) => {
  const { project } = await reviewed(desk, 2);
  const both = await desk.join(project, ["annotator", "reviewer"], "Bo Both");
  await answer(both, "cat");
  const page = await open(both, "/label");
  const label = labelDesk(page);
  await expect(label.image("picture-001.png")).toBeVisible();
  await expect(label.answer).toBeVisible();
  await page.keyboard.press("d");
  await page.keyboard.press("Enter");
  await expect(label.answer).toHaveCount(0);
  await expect(reviewPanel(page)).toHaveCount(0);
  expect(await desk.assets(project, "status:in_review")).toHaveLength(2);

  const other = await open(await reviewer(desk, project), "/label");
  await expect(reviewPanel(other)).toContainText("Bo Both");
});

test("what was handed in is changed at once, until a review of it has begun", async ({
  desk,
  open,
}) => {
  const { project } = await reviewed(desk, 2);
  const page = await open(await desk.annotator(project), "/label");
  const label = labelDesk(page);
  await expect(label.image("picture-000.png")).toBeVisible();
  await page.keyboard.press("c");
  await page.keyboard.press("Enter");
  await expect(label.image("picture-001.png")).toBeVisible();
  await expect(page.getByText("Handed in: picture-000.png")).toBeVisible();
  await page.keyboard.press("u");
  await expect(label.image("picture-000.png")).toBeVisible();
  await expect(label.option("Cat")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("d");
  await page.keyboard.press("Enter");
  await expect(label.image("picture-001.png")).toBeVisible();

  const reviewers = await open(await reviewer(desk, project), "/label");
  await expect(reviewPanel(reviewers)).toContainText("What is it?Dog");
  await page.keyboard.press("u");
  await expect(label.image("picture-000.png")).toBeVisible();
  await page.keyboard.press("c");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/was not changed/).first()).toBeVisible();
  await expect(label.image("picture-001.png")).toBeVisible();
});

test("a batch is made with several judgements and a review, and changed while in staging", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 2);
  const page = await open(await desk.manager(project), `/p/${project.id}/batches/new`);
  await page.getByRole("textbox", { name: "Judgements per task" }).fill("3");
  await expect(page.getByText("3 people answer each task")).toBeVisible();
  await page.getByRole("textbox", { name: "Review levels" }).fill("2");
  await page.getByRole("button", { name: /^Make batch of 2/ }).click();
  await expect(page.getByRole("region", { name: "Progress" })).toContainText("Judgements 0 of 6");
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: /^Edit/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Judgements per task" }).fill("2");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("region", { name: "Progress" })).toContainText("Judgements 0 of 4");
});
