import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
const data = process.argv[2], bin = process.argv[3];
const child = spawn(bin, ["serve", "--data", data, "--port", "8797"], { stdio: ["ignore", "pipe", "pipe"] });
let out = ""; child.stdout.on("data", d => out += d); child.stderr.on("data", d => out += d);
await new Promise(r => setTimeout(r, 2500));
const link = out.match(/http:\S+setup\S*/)?.[0];
console.log(out.slice(0, 400));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu"] });
const ctx = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const page = await ctx.newPage();
if (link) {
  await page.goto(link);
  await page.getByLabel(/name/i).first().fill("Ada");
  await page.getByLabel(/e-?mail/i).fill("ada@example.org");
  await page.getByLabel(/password/i).first().fill("correct horse battery staple");
  await page.getByRole("button").last().click();
  await page.waitForTimeout(1500);
} 
console.log(page.url());
const projects = await page.evaluate(async () => (await (await fetch("/api/projects")).json()).items.map(p => [p.id, p.n_assets]));
const id = projects.sort((a, b) => b[1] - a[1])[0][0];
const rows = () => page.locator("[role=row], [role=gridcell], [data-ordinal]").count();
for (let i = 0; i < 3; i++) {
  const p2 = await ctx.newPage();
  const t = Date.now();
  await p2.goto(`http://127.0.0.1:8797/p/${id}/library`);
  await p2.waitForFunction(() => document.body.innerText.match(/abc|img|\.jpg|\.png/i) && document.querySelectorAll("[role=row],[role=gridcell],[role=option],img").length > 5, null, { timeout: 60000 }).catch(e => console.log("no rows", e.message));
  console.log("first rows", Date.now() - t, "ms");
  if (i == 0) { await p2.screenshot({ path: "/tmp/ten.png" }); }
  if (i == 2) {
    const scroller = await p2.evaluate(() => { const all = [...document.querySelectorAll("*")].filter(e => e.scrollHeight > e.clientHeight + 2000 && e.clientHeight > 200); window.__s = all.sort((a, b) => b.scrollHeight - a.scrollHeight)[0]; return window.__s ? [window.__s.className, window.__s.scrollHeight] : null; });
    console.log("scroller", scroller);
    for (const f of [0.5, 0.9, 0.1, 0.99, 0.33]) {
      const ms = await p2.evaluate(async f => {
        const s = window.__s; const before = s.innerText; const t = performance.now();
        s.scrollTop = s.scrollHeight * f;
        for (;;) { await new Promise(r => requestAnimationFrame(r)); const now = s.innerText; if (now !== before && /[0-9]/.test(now) && s.querySelectorAll("[data-loading], .skeleton, [class*=keleton]").length === 0 && now.length > 50) return performance.now() - t; if (performance.now() - t > 10000) return -1; }
      }, f);
      console.log("jump", f, Math.round(ms), "ms");
    }
    const frames = await p2.evaluate(async () => { const s = window.__s; const times = []; let last = performance.now(); for (let i = 0; i < 120; i++) { s.scrollTop += 60; await new Promise(r => requestAnimationFrame(r)); const n = performance.now(); times.push(n - last); last = n; } times.sort((a, b) => a - b); return [times[60], times[114]]; });
    console.log("frames p50, p95", frames);
  }
  await p2.close();
}
await browser.close(); child.kill();
