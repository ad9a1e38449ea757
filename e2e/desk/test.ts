/**
 * What every story starts with: a desk (one server for each worker), and `open`, which gives a person a browser
 * of their own. A page that throws fails the story.
 */
import { expect, test as base, type BrowserContextOptions, type Page } from "@playwright/test";
import { freshBrowser } from "./browser";
import { Desk, type Person } from "./desk";
import { startServer } from "./server";

export type Open = (person: Person | null, path?: string, options?: BrowserContextOptions) => Promise<Page>;

export const test = base.extend<{ open: Open }, { desk: Desk }>({
  desk: [
    async ({ browser }, use) => {
      const server = await startServer();
      try {
        await use(await Desk.setUp(server, browser));
      } finally {
        await server.stop();
      }
    },
    { scope: "worker" },
  ],

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
