/** Standing batches: a stream that cuts itself, by the clock or by how much has come in. */
import type { Desk, Project } from "../desk/desk";
import { expect, test } from "../desk/test";
import { uploadWeather, weatherLibrary } from "../desk/weather";

const hoursOf = async (desk: Desk, project: Project, name: string) =>
  (await desk.assets(project, `batch:"${name}"`)).map(({ metadata }) => metadata.hour as number);

const two = (n: number) => String(n).padStart(2, "0");
const utcDay = (now: Date) =>
  `${now.getUTCFullYear()}-${two(now.getUTCMonth() + 1)}-${two(now.getUTCDate())}`;

test("made once, run by hand, paused, changed, deleted", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 12);
  const owl = await desk.join(project, ["annotator"], "Olga Owl");
  await desk.admin.api.post(`/projects/${project.id}/groups`, {
    name: "Night shift",
    people: [owl.id],
  });
  const page = await open(manager, `/p/${project.id}/batches`, { timezoneId: "UTC" });
  await page.getByRole("link", { name: "Standing batches" }).click();
  await expect(page.getByText("A standing batch cuts a constant stream")).toBeVisible();
  await page.getByRole("link", { name: "Make a standing batch" }).first().click();

  const save = page.getByRole("button", { name: "Make the standing batch" });
  await expect(save).toBeDisabled();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("rain watch");
  const query = page.getByRole("textbox", { name: "Query of the standing batch" });
  await query.fill("weather:rain");
  await query.press("Enter");
  const now = page.getByRole("region", { name: "If it ran now" });
  await expect(now).toContainText("Would be picked4");
  await page.getByLabel("Time", { exact: true }).fill("23:59");
  const names = page.getByRole("textbox", { name: "Their names" });
  const next = page.getByRole("list", { name: "The next names" }).getByRole("listitem");
  await names.fill("rain {date} #{n}");
  await expect(next.first()).toContainText(`rain ${utcDay(new Date())} #1`);
  await names.fill("rain {day}");
  await expect(page.getByText(/{day} means nothing/).first()).toBeVisible();
  await expect(save).toBeDisabled();
  await names.fill("rain #{n}");
  await page.getByRole("combobox", { name: "Open to" }).fill("night");
  await page.getByRole("option", { name: "Night shift (1 person)" }).click();
  await page.getByRole("textbox", { name: "Due after so many hours" }).fill("36");
  await save.click();

  await expect(page.getByRole("heading", { name: "rain watch", exact: true })).toBeVisible();
  await expect(page.getByText("every day at 23:59 UTC")).toBeVisible();
  await expect(page.getByText("in upload order, due 36 hours after the batch is made")).toBeVisible();
  await expect(page.getByText("It has not run yet.")).toBeVisible();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page.getByText("“rain watch” made “rain #1” of 4 tasks.")).toBeVisible();
  expect(await hoursOf(desk, project, "rain #1")).toEqual([0, 3, 6, 9]);
  const runs = page.getByRole("region", { name: "Runs" }).getByRole("row");
  await expect(runs.nth(1)).toContainText("Made");
  await expect(runs.nth(1)).toContainText("by hand");

  // All of it is in a batch now; three more come in, of which one is rainy.
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page.getByText(/found nothing new/)).toBeVisible();
  await uploadWeather(desk, project, 3, 12);
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(runs.nth(1).getByRole("link", { name: "rain #3" })).toBeVisible();
  expect(await hoursOf(desk, project, "rain #3")).toEqual([12]);

  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("Paused", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("rain and snow");
  await page.getByText("When enough has come in").click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "rain and snow", exact: true })).toBeVisible();
  await expect(page.getByText("at every 500 new matches")).toBeVisible();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(page.getByText(/of 500 waiting/)).toBeVisible();

  await page.getByRole("link", { name: "rain #1" }).click();
  await expect(page.getByRole("heading", { name: "rain #1", exact: true })).toBeVisible();
  const served = page.getByRole("region", { name: "How it is served" });
  await expect(served).toContainText("Night shift");
  await expect(served).toContainText(/Due in (1|2) d/);
  await expect(page.getByText("In progress", { exact: true })).toBeVisible();
  await page.goto(`/p/${project.id}/batches/standing`);
  await page.getByRole("button", { name: "Actions for rain and snow" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByText("No standing batches yet")).toBeVisible();
  expect(await hoursOf(desk, project, "rain #1")).toHaveLength(4);
});

test("at every so many new matches it makes a batch by itself", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 3);
  const page = await open(manager, `/p/${project.id}/batches/standing/new?q=weather:rain`);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("stream");
  await page.getByText("When enough has come in").click();
  await page.getByRole("textbox", { name: "At every so many new matches" }).fill("3");
  await page.getByRole("switch", { name: "Launch them at once" }).click();
  await page.getByRole("button", { name: "Make the standing batch" }).click();
  await expect(page.getByText("1 of 3 waiting")).toBeVisible();
  await uploadWeather(desk, project, 6, 3);
  await expect(page.getByRole("link", { name: "stream 1" })).toBeVisible({ timeout: 45_000 });
  expect(await hoursOf(desk, project, "stream 1")).toEqual([0, 3, 6]);
});

test("reviewers look at them, and change nothing", async ({ desk, open }) => {
  const { project } = await weatherLibrary(desk, 3);
  await desk.admin.api.post(`/projects/${project.id}/standing-batches`, {
    name: "nightly",
    query: "",
    trigger: { daily: { at: "02:00", utc_offset_minutes: 60 } },
    name_pattern: "night {date}",
  });
  const reviewer = await desk.join(project, ["reviewer"], "Rita Reviewer");
  const page = await open(reviewer, `/p/${project.id}/batches/standing`);
  await page.getByRole("link", { name: "nightly" }).click();
  await expect(page.getByText("every day at 02:00 UTC+1")).toBeVisible();
  await expect(page.getByRole("button", { name: "Run now" })).toHaveCount(0);
});
