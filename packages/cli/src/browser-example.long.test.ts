import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeNetwork } from "@retort/ocr-models";
import { onnxOf, writeOnnx } from "@retort/ocr-models/onnx";
import { assign, Random, tensor } from "@retort/tensor";
import sharp from "sharp";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BrowserPage, chromium, needingChromium } from "../../../fixtures/chromium.js";
import { withRandom } from "../../autograd/src/index.js";
import { describeNetwork } from "../../distill/src/export/description.js";
import { metadataOf } from "../../distill/src/export/metadata.js";
import { inferFromOnnx, loadConfig } from "../../distill/src/index.js";
import { tinyAloneConfig, writeTinyData } from "../../distill/testing/tiny-training.js";

const example = fileURLToPath(new URL("../../../examples/browser", import.meta.url));
const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

describe.skipIf(chromium === undefined)(needingChromium("the browser example"), () => {
  let folder: string;
  let server: Server;
  let browser: BrowserPage;
  let expected: { text: string; confidence: number }[];
  /** Whether pages may share memory with workers. */
  let isolated = true;
  const address = (): string => `http://localhost:${(server.address() as AddressInfo).port}`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "retort-browser-"));
    await writeTinyData(folder, 4);
    await writeNetwork(join(folder, "inference.onnx"));
    // Decoders of JPEG differ; of PNG they do not.
    const pixels = Uint8Array.from({ length: 300 * 40 * 3 }, (_, i) => (i * i) % 251);
    await sharp(pixels, { raw: { width: 300, height: 40, channels: 3 } }).toFile(join(folder, "images/wide.png"));
    const pictures = pictureNames().map((picture) => join(folder, "images", picture));
    expected = [];
    for await (const { readings } of inferFromOnnx(join(folder, "inference.onnx"), pictures))
      expected.push(readings[""]);
    await build({ root: example, logLevel: "error", build: { outDir: join(folder, "page"), emptyOutDir: true } });
    server = createServer(({ url = "/" }, response) => {
      const file = join(folder, url === "/" ? "page/index.html" : url.replace(/^\/assets/, "/page/assets"));
      response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
      if (isolated) response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      if (isolated) response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
      try {
        response.end(readFileSync(file));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    browser = await BrowserPage.open(chromium as string);
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const pictureNames = (): string[] => ["0.png", "1.png", "wide.png"];

  /** A network with weights at random, whose head is turned up until it says more than nothing. */
  async function writeNetwork(file: string): Promise<void> {
    const loaded = await loadConfig(...tinyAloneConfig(folder));
    const { architecture } = loaded.config;
    if (architecture.kind !== "single") throw new Error("expected a network alone");
    const network = withRandom(new Random(11), () => makeNetwork(architecture.network, loaded.classes)).eval();
    const weight = network.stateDict().get("head.ctc_head.fc.weight") ?? expect.fail("the network has no CTC head");
    const random = new Random(3);
    const values = Float32Array.from({ length: weight.size }, () => 20 * (random.uniform() - 0.5));
    assign(weight, tensor(values, weight.shape));
    const metadata = metadataOf(await describeNetwork(loaded, ""), "test");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(file, writeOnnx(onnxOf(network, 32, metadata)));
  }

  /** Drops files that the server has onto the page. */
  const drop = (...paths: string[]): Promise<void> =>
    browser.evaluate(`(async () => {
      const data = new DataTransfer();
      for (const path of ${JSON.stringify(paths)}) {
        const bytes = await (await fetch(path)).arrayBuffer();
        data.items.add(new File([bytes], path.split("/").pop()));
      }
      document.getElementById("place").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
    })()`);

  const shown = (): Promise<string[]> =>
    browser.evaluate(
      "[...document.querySelectorAll('figcaption')].map((c) => c.textContent.replace(/, \\d+ ms$/, '')).reverse()",
    );

  const state = (): Promise<string> => browser.evaluate("document.getElementById('state').textContent");

  async function until<T>(look: () => Promise<T>, good: (found: T) => boolean): Promise<T> {
    for (let tries = 0; ; tries++) {
      const found = await look();
      if (good(found) || tries === 600) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  test.each([
    ["several threads", true],
    ["one thread, on a page that may not share memory", false],
  ])(
    "reads what onnxruntime reads, with %s",
    async (_, shared) => {
      isolated = shared;
      expect(new Set(expected.map(({ text }) => text)).size).toBeGreaterThan(1);
      await browser.load(address(), { width: 800, height: 600 });
      expect(await browser.evaluate("crossOriginIsolated")).toBe(shared);
      await drop("/images/0.png");
      expect(await until(state, (text) => text !== "No Student yet.")).toBe(
        "0.png: Drop a Student first: the inference.onnx of an export.",
      );
      await drop(...pictureNames().map((picture) => `/images/${picture}`), "/inference.onnx");
      const wanted = expected.map(({ text, confidence }) => `${text} ${(100 * confidence).toFixed(1)} % sure`);
      expect(await until(shown, (found) => found.length === wanted.length)).toEqual(wanted);
      expect(await state()).toBe("The network of inference.onnx is ready.");
      const strange = browser.complaints.filter((complaint) => !complaint.startsWith(`asks for ${address()}`));
      expect(strange.filter((complaint) => !complaint.startsWith("asks for blob:"))).toEqual([]);
    },
    120_000,
  );
});
