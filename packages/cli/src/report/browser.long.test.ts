import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BrowserPage, chromium, needingChromium } from "../../../../fixtures/chromium.js";
import { argumentsOf, tinyConfig, writeTinyData } from "../../../distill/testing/tiny-training.js";
import { capture } from "../../testing/capture.js";
import { distillEngine } from "../distill-engine.js";
import { main } from "../main.js";

describe.skipIf(chromium === undefined)(needingChromium("a report in a browser"), () => {
  let folder: string;
  let browser: BrowserPage;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "retort-report-"));
    await writeTinyData(folder, 16);
    const runs = [1, 2].map((seed) => join(folder, `seed-${seed}`));
    for (const [i, run] of runs.entries()) {
      await retort("train", ...tinyArguments(run, i + 1), "--json");
    }
    const page = join(folder, "report.html");
    await retort("report", ...runs, "-d", page);
    url = pathToFileURL(page).href;
    browser = await BrowserPage.open(chromium as string);
  }, 600_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function tinyArguments(run: string, seed: number): string[] {
    const [config, overrides] = tinyConfig(folder, {
      "Global.save_model_dir": run,
      "Global.seed": seed,
      "Global.print_batch_step": 1,
      "Global.eval_batch_step": [0, 3],
      "Train.loader.num_workers": 0,
      "Eval.loader.num_workers": 0,
    });
    return argumentsOf(config, overrides);
  }

  async function retort(...args: string[]): Promise<void> {
    const { terminal, err } = capture();
    expect(await main(args, terminal, distillEngine), err()).toBe(0);
  }

  test("it asks for nothing, complains of nothing, and fits a screen and a phone, light and dark", async () => {
    for (const width of [1280, 390]) {
      for (const scheme of ["light", "dark"] as const) {
        await browser.load(url, { width, height: 900, scheme });
        expect(await browser.evaluate("document.documentElement.scrollWidth")).toBe(width);
        const broken = "[...document.images].filter((image) => !image.complete || image.naturalWidth === 0).length";
        expect(await browser.evaluate(`[document.images.length > 0, ${broken}]`)).toEqual([true, 0]);
        const { data } = await sharp(await browser.screenshot(0, 400))
          .greyscale()
          .raw()
          .toBuffer({ resolveWithObject: true });
        const sorted = [...data].sort((a, b) => a - b);
        const background = sorted[sorted.length >> 1];
        if (scheme === "light") expect(background).toBeGreaterThan(230);
        else expect(background).toBeLessThan(60);
        // The title contrasts with it.
        expect(Math.abs(sorted[scheme === "light" ? 0 : sorted.length - 1] - background)).toBeGreaterThan(150);
      }
    }
    expect(browser.complaints).toEqual([]);
  });

  test("every section is there, agreement of networks among them", async () => {
    await browser.load(url, { width: 1280, height: 900 });
    expect(await browser.evaluate("[...document.querySelectorAll('h2')].map((h) => h.textContent)")).toEqual([
      "Accuracy",
      "Agreement of networks",
      "Losses",
      "Learning rate and throughput",
      "Worst and best readings",
      "Confusion of characters",
      "Config",
    ]);
    const captions = await browser.evaluate<string[]>(
      "[...document.querySelectorAll('figcaption')].map((c) => c.firstChild.textContent)",
    );
    for (const caption of [
      "Read exactly",
      "Equal readings",
      "Sum of all terms",
      "loss_ctc_Teacher_1",
      "Learning rate",
    ]) {
      expect(captions).toContain(caption);
    }
  });

  test("a run whose box is not ticked disappears from plots and lists", async () => {
    await browser.load(url, { width: 1280, height: 900 });
    const shown =
      '[...document.querySelectorAll(\'figure svg [stroke="#2f6fde"], figure svg [stroke="#d2571d"], .of-run-0, .of-run-1\')]' +
      ".filter((e) => getComputedStyle(e).display !== 'none')" +
      ".map((e) => (e.getAttribute('stroke') === '#2f6fde' || e.classList.contains('of-run-0') ? 0 : 1))";
    const count = `[0, 1].map((run) => ${shown}.filter((r) => r === run).length)`;
    const before = await browser.evaluate<number[]>(count);
    expect(Math.min(...before)).toBeGreaterThan(10);
    await browser.evaluate("document.getElementById('show-0').click()");
    expect(await browser.evaluate(count)).toEqual([0, before[1]]);
  });
});
