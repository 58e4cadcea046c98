import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BrowserPage, chromium, needingChromium } from "../../../../fixtures/chromium.js";
import { type GpuOutcome, gpuCases } from "../testing/gpu-cases.js";

const root = fileURLToPath(new URL("../../../../fixtures/gpu-page", import.meta.url));

describe.skipIf(chromium === undefined)(needingChromium("the GPU device in Chromium"), () => {
  let folder: string;
  let server: PreviewServer;
  let browser: BrowserPage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "retort-gpu-page-"));
    const output = { outDir: folder, target: "es2022", emptyOutDir: true } as const;
    await build({ root, base: "./", logLevel: "error", build: output });
    server = await preview({ root, logLevel: "error", build: output, preview: { port: 0 } });
    browser = await BrowserPage.open(chromium as string, { graphics: true });
    await browser.load(server.resolvedUrls?.local[0] ?? "", { width: 400, height: 300 });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(["webgpu", "webgl2"])(
    "computes every kernel as the CPU does in mode %s, on SwiftShader",
    async (mode) => {
      const found = await browser.evaluate<Record<string, GpuOutcome | string>>(`outcomes("${mode}")`);
      expect(Object.keys(found)).toEqual(Object.keys(gpuCases));
      for (const [name, outcome] of Object.entries(found)) {
        expect([name, outcome]).toEqual([name, { error: expect.any(Number), fallbacks: [], liveArrays: 0 }]);
        expect([name, (outcome as GpuOutcome).error <= 1]).toEqual([name, true]);
      }
    },
    120_000,
  );

  it.each(["webgpu", "webgl2"])(
    "takes mode %s",
    async (mode) => {
      expect(await browser.evaluate(`refusals("${mode}")`)).toEqual([]);
    },
    60_000,
  );
});
