/** A manager's day: rehearse, launch, watch it live, take a task and give it, open what is blocked, pause somebody. */
import type { Page } from "@playwright/test";
import type { Person } from "../desk/desk";
import { labelDesk } from "../desk/label";
import { KIND_ONLY } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

type Task = { lease_id: string; task_id: string; asset: { name: string } };

async function claim(person: Person): Promise<Task[]> {
  const { tasks } = await person.api.post<{ tasks: Task[] }>("/queue/claim", {
    claim_id: crypto.randomUUID(),
    count: 1,
  });
  return tasks;
}

const hand = (person: Person, task: Task | undefined) =>
  person.api.post(`/queue/leases/${task?.lease_id}/submit`, {
    submission_id: crypto.randomUUID(),
    response: { annotations: [], fields: { kind: "cat" } },
    seconds: 4,
  });

const row = (page: Page, name: string) =>
  page.getByRole("tabpanel").getByRole("row").filter({ hasText: name });

test("rehearsed, launched and watched live", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 4);
  const manager = await desk.manager(project);
  const ann = await desk.annotator(project, "Ann");
  const batch = await desk.batch(project, { pick: "all" }, { name: "morning" });
  const page = await open(manager, `/p/${project.id}/batches/${batch.id}`);

  await page.getByRole("button", { name: "Rehearse" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Done after 4 min of work")).toBeVisible();
  await dialog.getByLabel("Judgements").fill("3");
  await expect(
    dialog.getByText("Each task needs 3 judgements by different people, and only 1 may make them."),
  ).toBeVisible();
  await expect(dialog.getByText("A rehearsal changes nothing. The batch has 1 judgement a task")).toBeVisible();
  await dialog.getByLabel("Judgements").fill("");
  await expect(dialog.getByText("A rehearsal changes nothing.")).toHaveCount(0);
  await dialog.getByLabel("Seconds an answer").fill("30");
  await expect(dialog.getByText("Done after 2 min of work")).toBeVisible();
  await dialog.getByRole("button", { name: "Launch the batch as it is" }).click();
  await expect(page.getByText("In progress", { exact: true })).toBeVisible();

  // What an annotator does is seen without a reload, and long before the page asks by itself.
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const [task] = await claim(ann);
  await expect(page.getByText("Pending 3", { exact: false }).first()).toBeVisible({ timeout: 4_000 });
  await hand(ann, task);
  await expect(page.getByText("Done 1", { exact: false }).first()).toBeVisible({ timeout: 4_000 });
  await expect(page.getByRole("row").filter({ hasText: ann.name })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText("Not live")).toHaveCount(0);
  expect(asked.filter((path) => path.endsWith("/events")).length).toBeLessThanOrEqual(1);

  await page.goto(`${desk.server.url}/p/${project.id}/insights`);
  await expect(page.getByRole("heading", { name: "Insights" })).toBeVisible();
  await expect(page.getByRole("img", { name: /1 answer and 0 reviews by the hour/ })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "morning" })).toBeVisible();
});

test("taken back, given to somebody, opened again", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 4);
  const manager = await desk.manager(project);
  const [ann, bo] = [await desk.annotator(project, "Ann"), await desk.annotator(project, "Bo")];
  const batch = await desk.batch(project, { pick: "all" }, { launch: true });
  const [first] = await claim(ann);
  const page = await open(manager, `/p/${project.id}/batches/${batch.id}`);
  await expect(row(page, "picture-000.png")).toContainText(ann.name);
  await expect(page.getByRole("tabpanel").getByRole("columnheader", { name: "Held by" })).toBeVisible();

  await page.getByRole("button", { name: "Take back: picture-000.png" }).click();
  await page.getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByText("Nobody holds a task of this batch.")).toBeVisible();
  await expect(hand(ann, first)).rejects.toThrow(/lease/);

  // By the keyboard to the next list.
  await page.getByRole("tab", { name: /In hand/ }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "Give to…: picture-000.png" }).click();
  await page.getByRole("combobox", { name: "To whom" }).click();
  await page.getByRole("option", { name: bo.name }).click();
  await page.getByRole("button", { name: "Give", exact: true }).click();
  await page.getByRole("tab", { name: "Kept for somebody" }).click();
  await expect(row(page, "picture-000.png")).toContainText(bo.name);
  const [other] = await claim(ann);
  expect(other?.asset.name).toBe("picture-001.png");
  const [given] = await claim(bo);
  expect(given?.asset.name).toBe("picture-000.png");

  // Passed on by everybody: with reasons.
  await bo.api.post(`/queue/leases/${given?.lease_id}/skip`, { reason: "too dark" });
  await hand(ann, other);
  const [again] = await claim(ann);
  expect(again?.asset.name).toBe("picture-000.png");
  await ann.api.post(`/queue/leases/${again?.lease_id}/skip`, { reason: "blurred" });
  await page.getByRole("tab", { name: /Blocked/ }).click();
  await expect(row(page, "picture-000.png")).toContainText("too dark");
  await expect(row(page, "picture-000.png")).toContainText("blurred");
  await page.getByRole("button", { name: "Unblock: picture-000.png" }).click();
  await expect(page.getByText("Nothing is blocked.")).toBeVisible();

  // Done once more, with a reason that the author is shown.
  await page.getByRole("tab", { name: /Done/ }).click();
  await page.getByRole("button", { name: "Reopen…: picture-001.png" }).click();
  await page.getByLabel("Why").fill("the tail is missing");
  await page.getByRole("button", { name: "Reopen", exact: true }).click();
  const label = await open(ann, "/label");
  await expect(label.getByRole("note")).toContainText("the tail is missing");
});

test("who is paused is told so and goes on later", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 3);
  const manager = await desk.manager(project);
  const ann = await desk.annotator(project, "Ann");
  await desk.batch(project, { pick: "all" }, { launch: true });
  const people = await open(manager, `/p/${project.id}/people`);
  await people.getByRole("button", { name: `Pause: ${ann.name}` }).click();
  await expect(people.getByText("Paused", { exact: true })).toBeVisible();
  const label = await open(ann, "/label");
  await expect(label.getByRole("heading", { name: "You are paused" })).toBeVisible();
  await people.getByRole("button", { name: `Let go on: ${ann.name}` }).click();
  await expect(labelDesk(label).image("picture-000.png")).toBeVisible({ timeout: 20_000 });
});

test("an answer is changed from one's history", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 2);
  const ann = await desk.annotator(project, "Ann");
  await desk.batch(project, { pick: "all" }, { launch: true, review_levels: 1 });
  const [task] = await claim(ann);
  await hand(ann, task);
  const page = await open(ann, "/history");
  await page.getByRole("link", { name: "Change the answer to picture-000.png" }).click();
  await expect(page.getByText("You are changing what you handed in.")).toBeVisible();
  await page.keyboard.press("d");
  await page.keyboard.press("Enter");
  await expect(labelDesk(page).image("picture-001.png")).toBeVisible();
  await page.goto(`${desk.server.url}/history`);
  await expect(page.getByText("What is it?: Dog")).toBeVisible();
});
