/** Webhooks: an address outside is told what happens; the log says what came of it. */
import { expect, test } from "../desk/test";
import { weatherLibrary } from "../desk/weather";

test("made, tested, its log read, sent again, given a new secret, deleted", async ({
  desk,
  open,
}) => {
  const { project, manager } = await weatherLibrary(desk, 3);
  const page = await open(manager, `/p/${project.id}/settings?tab=webhooks`);
  await expect(page.getByText("No webhooks")).toBeVisible();
  await page.getByRole("button", { name: "New webhook" }).click();
  const dialog = page.getByRole("dialog", { name: "New webhook" });
  const make = dialog.getByRole("button", { name: "Make webhook" });
  await expect(make).toBeDisabled();

  // What only the server can reach is refused, with the reason.
  await dialog.getByLabel("Address").fill("http://169.254.169.254/latest");
  await make.click();
  await expect(dialog.getByRole("alert")).toContainText(
    "not of the public internet",
  );

  // Nobody answers there: the name is not one of the public internet.
  await dialog.getByLabel("Address").fill("https://localhost/hooks/sheaf");
  await dialog.getByLabel("An answer was handed in").uncheck();
  await make.click();
  const secret = page.getByRole("dialog", { name: "Copy the secret now" });
  await expect(
    secret.getByRole("region", { name: "Secret of the webhook" }),
  ).toContainText(/whsec_[A-Za-z0-9+/=]{44}/);
  await secret.getByRole("button", { name: "I have it" }).click();

  const webhooks = page.getByRole("region", { name: "Webhooks" });
  const row = webhooks.getByRole("row").filter({ hasText: "localhost" });
  await expect(row).toContainText("Active");
  await expect(row).toContainText(
    "batch.launched, batch.completed, task.reviewed, task.done",
  );
  await row.getByRole("button", { name: "Send a test" }).click();
  const log = page.getByRole("region", { name: "What localhost was told" });
  await expect(log.getByRole("row").nth(1)).toContainText(
    "no address of the public internet",
  );
  await expect(row).toContainText("Failing", { timeout: 15_000 });
  await log.getByRole("button", { name: "ping" }).click();
  await expect(log.getByRole("region", { name: "What is sent" })).toContainText(
    '"type": "ping"',
  );
  await log.getByRole("button", { name: "Send again" }).click();
  // Two attempts, and when the next one is.
  const attempts = log
    .getByRole("list", { name: "Attempts" })
    .getByRole("listitem");
  await expect(attempts.nth(2)).toBeVisible();

  await desk.batch(project, { query: "weather:rain" }, { launch: true });
  await expect(log.getByRole("row").nth(1)).toContainText("batch.launched", {
    timeout: 15_000,
  });

  await row.getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "New secret" }).click();
  await page.getByRole("button", { name: "Make a new secret" }).click();
  await secret.getByRole("button", { name: "I have it" }).click();
  await row.getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "Turn off" }).click();
  await expect(row).toContainText("Off");
  await expect(row.getByRole("button", { name: "Send a test" })).toBeDisabled();
  await row.getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByText("No webhooks")).toBeVisible();
});
