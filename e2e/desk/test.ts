/**
 * What every story starts with: a desk (one server for each worker), a bucket that it may read where there is one, and `open`, which gives a person a browser
 * of their own. A page that throws fails the story.
 */
import { expect, test as base, type BrowserContextOptions, type Page } from "@playwright/test";
import { freshBrowser } from "./browser";
import { Bucket } from "./bucket";
import { Desk, type Person } from "./desk";
import { startServer } from "./server";

export type Open = (person: Person | null, path?: string, options?: BrowserContextOptions) => Promise<Page>;

type World = { desk: Desk; bucket: Bucket | null };

export const test = base.extend<{ open: Open; bucket: Bucket | null }, { world: World; desk: Desk }>({
  world: [
    async ({ browser }, use) => {
      const opened = await Bucket.open();
      const server = await startServer(opened?.environment);
      try {
        await use({ desk: await Desk.setUp(server, browser), bucket: opened?.bucket ?? null });
      } finally {
        await server.stop();
        opened?.close();
      }
    },
    { scope: "worker" },
  ],
  desk: [async ({ world }, use) => use(world.desk), { scope: "worker" }],
  bucket: async ({ world }, use) => use(world.bucket),

  open: async ({ browser, desk }, use) => {
    const contexts: { close: () => Promise<void> }[] = [];
    const thrown: string[] = [];
    await use(async (person, path = "/", options = {}) => {
      const { url } = desk.server;
      const context = await freshBrowser(browser, url, options);
      contexts.push(context);
      if (person !== null) {
        await context.addCookies([{ name: "sheaf_session", value: person.cookie, url }]);
      }
      const page = await context.newPage();
      page.on("pageerror", (error) => thrown.push(error.stack ?? error.message));
      await page.goto(path);
      return page;
    });
    for (const context of contexts) await context.close();
    expect(thrown, "errors that the pages threw").toEqual([]);
  },
});

export { expect };
