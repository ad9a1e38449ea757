/**
 * A fresh browser for one person. With SHEAF_UI=DIR the pages come from that build of the UI instead of the one in
 * the binary, so that a change of the UI is tried without building the binary again.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions } from "@playwright/test";

const UI = process.env.SHEAF_UI;
const SERVERS_OWN = /^\/(api|healthz|readyz)(\/|$)/;

export async function freshBrowser(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, ...options });
  if (UI !== undefined) {
    await context.route(
      ({ origin, pathname }) => origin === url && !SERVERS_OWN.test(pathname),
      (route) => {
        const file = join(UI, new URL(route.request().url()).pathname);
        const isFile = existsSync(file) && statSync(file).isFile();
        return route.fulfill({ path: isFile ? file : join(UI, "index.html") });
      },
    );
  }
  return context;
}
