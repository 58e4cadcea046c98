import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FoundBox } from "@retort/distill";
import { inReadingOrder } from "@retort/ocr-models";
import { afterAll, beforeAll, expect, test } from "vitest";
import { capture } from "../../testing/capture.js";
import { font, lineConfig, lineOverrides, writePageConfig } from "../../testing/page-training.js";
import { distillEngine } from "../distill-engine.js";
import { main } from "../main.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-pages-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function retort(...args: string[]): Promise<string> {
  const { terminal, out, err } = capture();
  const code = await main(args, terminal, distillEngine);
  expect(code, err()).toBe(0);
  return out();
}

/** The texts of the pages that were not trained on, in reading order. */
function written(pages: string): string[][] {
  const lines = readFileSync(join(pages, "val.txt"), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const regions: { transcription: string; points: [number, number][] }[] = JSON.parse(line.split("\t")[1]);
    return inReadingOrder(regions.filter(({ transcription }) => transcription !== "###")).map(
      ({ transcription }) => transcription,
    );
  });
}

/** How many of `wanted` are in `found`, in the same order: the longest common subsequence. */
function inOrder(wanted: readonly string[], found: readonly string[]): number {
  let previous = Array<number>(found.length + 1).fill(0);
  for (const text of wanted) {
    const next = [0];
    for (const [i, other] of found.entries()) {
      next.push(text === other ? previous[i] + 1 : Math.max(previous[i + 1], next[i]));
    }
    previous = next;
  }
  return previous[found.length];
}

test("a detector and a recogniser learn from drawn data, and read pages that neither has seen", async () => {
  const [lines, pages] = [join(folder, "lines"), join(folder, "pages")];
  const drawn = ["--length", "3", "--fonts", font];
  const single = ["--height", "24-40", "--effects", "none"];
  await retort("synth", "-d", lines, "-n", "1500", "--val", "100", ...single, ...drawn);
  const layout = ["--height", "24-32", "--page", "192-256", "--lines", "2-4", "--effects", "none"];
  await retort("synth", "-d", pages, "--task", "det", "-n", "160", "--val", "8", ...layout, ...drawn);

  const config = join(folder, "pages.yml");
  writePageConfig(config, pages, join(folder, "page-run"));
  await retort("train", "-c", config, "--json");
  const { metrics } = JSON.parse(await retort("eval", "-c", config, "--json"));

  const overrides = lineOverrides(lines, join(folder, "line-run"));
  await retort("train", "-c", lineConfig, "--json", "-o", ...overrides);

  const images = join(pages, "images/val");
  const reading = ["--rec-config", lineConfig, "--rec-override", ...overrides];
  const found: { boxes: { "": FoundBox[] } }[] = JSON.parse(
    await retort("infer", images, "-c", config, "--draw", join(folder, "drawn"), "--json", ...reading),
  );
  const texts = found.map(({ boxes }) => boxes[""].map(({ readings }) => readings?.[""].text ?? ""));
  const wanted = written(pages);
  const right = wanted.map((page, i) => inOrder(page, texts[i]));
  const [read, all] = [right, wanted.map((page) => page.length)].map((counts) => counts.reduce((a, b) => a + b));
  console.log(`found ${JSON.stringify(metrics)}; of ${all} texts ${read} read exactly and in order`);
  console.log(wanted.map((page, i) => `${page.join(" ")} | ${texts[i].join(" ")}`).join("\n"));
  expect(metrics.hmean).toBeGreaterThan(0.8);
  expect(read / all).toBeGreaterThan(0.75);
  await expectSameExported({ config, lines: overrides, images, texts });
}, 900_000);

/** What was exported finds and reads the same without the configs, and what is brought in of it measures the same. */
async function expectSameExported(trained: {
  config: string;
  lines: readonly string[];
  images: string;
  texts: readonly (readonly string[])[];
}): Promise<void> {
  const { config, lines, images, texts } = trained;
  const [page, line] = [join(folder, "page-onnx"), join(folder, "line-onnx")];
  await retort("export", "-c", config, "--out", page);
  const { networks } = JSON.parse(await retort("export", "-c", lineConfig, "--out", line, "--json", "-o", ...lines));
  const { metrics } = JSON.parse(await retort("eval", "-c", lineConfig, "--json", "-o", ...lines));
  expect(networks[0].check.metrics).toEqual(metrics);

  const [finds, reads] = [page, line].map((each) => join(each, "inference.onnx"));
  const found: { boxes: { "": FoundBox[] } }[] = JSON.parse(
    await retort("infer", images, "--model", finds, "--rec-model", reads, "--json"),
  );
  expect(found.map(({ boxes }) => boxes[""].map(({ readings }) => readings?.[""].text ?? ""))).toEqual(texts);

  const folded = join(folder, "folded.safetensors");
  await retort("import", reads, "-o", folded);
  const again = ["-o", ...lines, `Global.pretrained_model=${folded}`];
  expect(JSON.parse(await retort("eval", "-c", lineConfig, "--json", ...again)).metrics).toEqual(metrics);
}
