/**
 * The library in a browser: `node figures/library.mjs BINARY DATA [--json]`, DATA being a folder that `sheaf bench select --dir` made.
 * Prints milliseconds: first rows of a new page, jumps of the scroll bar, frames while scrolling. `--waterfall` shows what a page waited for.
 */
import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [binary, data, ...flags] = process.argv.slice(2);
if (data === undefined) {
  console.error(
    "usage: node figures/library.mjs BINARY DATA [--json] [--waterfall]",
  );
  process.exit(2);
}

const server = spawn(binary, ["serve", "--data", data, "--port", "0"], {
  stdio: ["ignore", "inherit", "pipe"],
  env: { ...process.env, NO_COLOR: "1" },
});
const base = await new Promise((resolve, reject) => {
  server.on("exit", (code) =>
    reject(new Error(`the server ended with ${code}`)),
  );
  createInterface(server.stderr).on("line", (line) => {
    const at = /http:\/\/[0-9.]+:\d+/.exec(line);
    if (at !== null) resolve(at[0]);
  });
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

try {
  const report = await measure();
  if (flags.includes("--json")) console.log(JSON.stringify(report));
  else
    for (const [what, figure] of Object.entries(report))
      console.log(
        what.padEnd(24),
        Array.isArray(figure) ? figure.join(" ") : figure,
      );
} finally {
  await browser.close();
  server.removeAllListeners("exit");
  server.kill("SIGTERM");
}

async function measure() {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
  });
  const project = await signIn(context);
  await context.addInitScript(() => {
    const look = () => {
      if (
        document.querySelector('[id^="asset-"]:not([aria-label="Loading"])') ===
        null
      )
        requestAnimationFrame(look);
      else window.firstRows = performance.now();
    };
    requestAnimationFrame(look);
  });
  const firstRows = [];
  let page;
  for (let round = 0; round < 5; round += 1) {
    page = await context.newPage();
    await page.goto(`${base}/p/${project}/library`);
    await page.waitForFunction(() => window.firstRows !== undefined);
    firstRows.push(Math.round(await page.evaluate(() => window.firstRows)));
    if (flags.includes("--waterfall"))
      console.log(await page.evaluate(waterfall));
    if (round < 4) await page.close();
  }
  const jumps = [];
  for (const share of [0.5, 0.9, 0.1, 0.99, 0.33])
    jumps.push(Math.round(await page.evaluate(jump, share)));
  const frames = await page.evaluate(scroll);
  return {
    first_rows_ms: firstRows,
    jumps_ms: jumps,
    frame_p50_ms: frames[60],
    frame_p95_ms: frames[114],
  };
}

/** A person of this browser, who sees everything; returns the largest project. */
async function signIn(context) {
  const key = readFileSync(`${data}/local.key`, "utf8").trim();
  const email = `figures-${Date.now()}@example.org`;
  const invited = await context.request.post(`${base}/api/invitations`, {
    headers: { authorization: `Bearer ${key}` },
    data: { email, is_admin: true, roles: [] },
  });
  const { token } = await invited.json();
  const accepted = await context.request.post(
    `${base}/api/invitations/accept`,
    {
      headers: { origin: base },
      data: {
        token,
        name: "Figures",
        password: "seventeen purple walruses knit quietly",
      },
    },
  );
  if (!accepted.ok()) throw new Error(await accepted.text());
  const projects = await (
    await context.request.get(`${base}/api/projects`)
  ).json();
  return projects.items.sort((a, b) => b.n_assets - a.n_assets)[0].id;
}

function waterfall() {
  const row = (entry) =>
    `${Math.round(entry.startTime)} ${Math.round(entry.responseEnd)} ${entry.name.replace(location.origin, "")}`;
  const entries = [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
  ];
  const paints = performance
    .getEntriesByType("paint")
    .map((paint) => `${Math.round(paint.startTime)} ${paint.name}`);
  return [
    ...entries.map(row),
    ...paints,
    `${Math.round(window.firstRows)} FIRST ROWS`,
  ].join("\n");
}

/** Milliseconds from moving the scroll bar to the frame in which no row is a placeholder. */
async function jump(share) {
  const scroller = document.querySelector('[role="listbox"][aria-label="Assets"]');
  const before = document.querySelector('[id^="asset-"]').id;
  const start = performance.now();
  scroller.scrollTop = scroller.scrollHeight * share;
  for (;;) {
    await new Promise(requestAnimationFrame);
    const first = document.querySelector('[id^="asset-"]');
    if (
      first !== null &&
      first.id !== before &&
      document.querySelector('[id^="asset-"][aria-label="Loading"]') === null
    )
      return performance.now() - start;
    if (performance.now() - start > 20000)
      throw new Error(
        `no rows after 20 s at ${share}: ${document.querySelectorAll('[id^="asset-"]').length} places, ${document.querySelectorAll('[id^="asset-"][aria-label="Loading"]').length} waiting, first ${first?.id}, before ${before}`,
      );
  }
}

async function scroll() {
  const scroller = document.querySelector('[role="listbox"][aria-label="Assets"]');
  const times = [];
  let last = performance.now();
  for (let frame = 0; frame < 120; frame += 1) {
    scroller.scrollTop += 60;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(Math.round(now - last));
    last = now;
  }
  return times.sort((a, b) => a - b);
}
