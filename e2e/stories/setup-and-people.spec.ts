/** The first admin, the log-in, invitations, and who sees what. */
import { freshBrowser } from "../desk/browser";
import { startServer } from "../desk/server";
import { expect, test } from "../desk/test";

test("the printed link makes the first admin, once", async ({ browser }) => {
  const server = await startServer();
  const context = await freshBrowser(browser, server.url);
  try {
    const page = await context.newPage();
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "This desk is not set up yet" })).toBeVisible();

    await page.goto(server.setupLink);
    await page.getByLabel("Your name").fill("Ada Admin");
    await page.getByLabel("E-mail").fill("ada@example.org");
    await page.getByLabel("Password", { exact: true }).fill("seven wise owls");
    await page.getByRole("button", { name: "Set up" }).click();
    await expect(page.getByRole("heading", { name: "Projects", exact: true })).toBeVisible();
    await expect(page.getByText("No projects yet")).toBeVisible();

    await page.goto(server.setupLink);
    await expect(page.getByRole("heading", { name: "Sheaf is set up already" })).toBeVisible();
    await expect(page.getByLabel("Your name")).toHaveCount(0);
  } finally {
    await context.close();
    await server.stop();
  }
});

test("logging in: a wrong password is refused, the right one leads to where one wanted to go", async ({
  desk,
  open,
}) => {
  const project = await desk.project();
  const person = await desk.manager(project);
  const page = await open(null, `/p/${project.id}/batches`);
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();

  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill("eight wise owls");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page).toHaveURL(/\/login/);

  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Batches", exact: true })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/p/${project.id}/batches`));
});

test("an annotator comes in by an invitation that works once, and sees no library", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ name: "Street scenes" });
  const manager = await desk.manager(project);
  const desktop = await open(manager, `/p/${project.id}/people`);
  await desktop.getByRole("button", { name: /invite/i }).click();
  await desktop.getByRole("dialog").getByRole("button", { name: "Make the link" }).click();
  const link = await desktop
    .getByRole("dialog")
    .getByText(/\/invite\?token=/)
    .innerText();
  const token = link.trim();

  const page = await open(null, token);
  await expect(page.getByText("invites you to “Street scenes” as annotator")).toBeVisible();
  await page.getByLabel("E-mail").fill("nils@example.org");
  await page.getByLabel("Your name").fill("Nils Annotator");
  await page.getByLabel("Password", { exact: true }).fill("seven wise owls");
  await page.getByRole("button", { name: "Make my account" }).click();
  await expect(page.getByText("Nothing to label yet")).toBeVisible();

  const second = await open(null, token);
  await expect(
    second.getByRole("heading", { name: "This invitation does not work" }),
  ).toBeVisible();

  await page.goto(`/p/${project.id}/library`);
  await expect(page.getByRole("button", { name: "Make a batch" })).toHaveCount(0);
  await expect(page.getByRole("listbox", { name: "Assets" })).toHaveCount(0);
  const answers = await page.evaluate(
    async (id) =>
      Promise.all(
        ["assets", "batches", "uploads", "members", "export?format=jsonl"].map(
          async (what) => (await fetch(`/api/projects/${id}/${what}`)).status,
        ),
      ),
    project.id,
  );
  for (const status of answers) expect([403, 404]).toContain(status);
});

test("a stranger to a project cannot tell it from one that does not exist", async ({ desk }) => {
  const project = await desk.project();
  const stranger = await desk.manager(await desk.project());
  expect(await stranger.api.status("GET", `/projects/${project.id}`)).toBe(404);
  expect(await stranger.api.status("GET", `/projects/${project.id}/assets`)).toBe(404);
  expect(
    await stranger.api.status("POST", `/projects/${project.id}/batches`, {
      name: "theirs",
      recipe: { pick: "all" },
    }),
  ).toBe(404);
  expect(await stranger.api.status("GET", "/users")).toBe(403);
});
