import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrainReport } from "@retort/distill";
import { arange, reshape, tensor } from "@retort/tensor";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { variable } from "../../../autograd/src/index.js";
import { htmlOf, type Showable, shower } from "./index.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-notebook-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The pixels of the images in HTML, as RGB. */
async function imagesIn(html: string) {
  const addresses = [...html.matchAll(/src="data:image\/png;base64,([^"]+)"/g)].map(([, data]) => data);
  return Promise.all(
    addresses.map((data) =>
      sharp(Buffer.from(data, "base64")).removeAlpha().raw().toBuffer({ resolveWithObject: true }),
    ),
  );
}

test("a small tensor shows its numbers, and a variable its value", async () => {
  const html = await htmlOf(tensor([1, 2.5, -3, Number.NaN], [2, 2]));
  expect(html).toContain("float32 [2, 2]");
  expect([...html.matchAll(/<td>([^<]*)<\/td>/g)].map(([, cell]) => cell)).toEqual(["1", "2.5", "-3", "NaN"]);
  expect(html.match(/<tr>/g)).toHaveLength(2);
  expect(await htmlOf(variable(7))).toContain("<td>7</td>");
  const cube = await htmlOf(reshape(arange(12), [2, 2, 3]));
  expect(cube).toContain("[2, 2, 3]</code>, 0, : shown");
  expect([...cube.matchAll(/<td>/g)]).toHaveLength(6);
});

test("a large tensor is a map whose colours grow lighter with the values", async () => {
  const html = await htmlOf(reshape(arange(400), [20, 20]));
  expect(html).toContain("0 to 399");
  const [{ data, info }] = await imagesIn(html);
  expect([info.width, info.height]).toEqual([320, 320]);
  const light = (row: number, column: number): number => {
    const at = 3 * ((16 * row + 8) * info.width + 16 * column + 8);
    return data[at] + data[at + 1] + data[at + 2];
  };
  expect(light(0, 0)).toBeLessThan(light(10, 0));
  expect(light(10, 0)).toBeLessThan(light(19, 19));
});

test("a training shows a line for each loss and each metric", async () => {
  const step = (step: number): TrainReport => ({
    kind: "step",
    epoch: 1,
    epochs: 1,
    step,
    steps: 3,
    imagesPerSecond: 1,
    loss: 3 - step,
    losses: { loss: 3 - step, "dml<0>": step },
    learningRate: 1,
    secondsLeft: 0,
  });
  const metrics = { acc: 0.25 };
  const evaluation = {
    kind: "evaluation",
    step: 2,
    metrics,
    networks: {},
    agreement: [],
    network: "",
    best: true,
  } as const;
  const html = await htmlOf([step(1), step(2), evaluation, { kind: "saved", path: "x" }]);
  expect(html.match(/<svg /g)).toHaveLength(2);
  for (const name of ["loss", "dml&lt;0&gt;", "acc"]) expect(html).toContain(`■ ${name}</span>`);
  expect(html).not.toContain("dml<0>");
  expect(await htmlOf([])).toContain("no step has been made");
  const common = { time: 1, epoch: 1, epochs: 1, readerCost: 0, batchCost: 0, samples: 1, ips: 1, eta: 0 };
  const history = { steps: [{ kind: "train", step: 1, stats: { lr: 9, loss: 2 }, ...common }], evaluations: [] };
  const read = await htmlOf(history as unknown as Showable);
  expect([read.includes("■ loss"), read.includes("■ lr"), read.includes("metrics")]).toEqual([true, false, false]);
});

test("a line shows its picture with the readings, a page its boxes", async () => {
  const image = join(folder, "line.png");
  const blank = { create: { width: 60, height: 40, channels: 3, background: "#0000ff" } } as const;
  writeFileSync(image, await sharp(blank).png().toBuffer());
  const line = await htmlOf({ image, readings: { Student: { text: "a<b", confidence: 0.5 } } });
  expect(line).toContain("<td>Student</td><td><code>a&lt;b</code></td><td>0.500</td>");
  const [{ data, info }] = await imagesIn(line);
  expect([info.width, info.height, ...data.subarray(0, 3)]).toEqual([60, 40, 0, 0, 255]);

  const points = [
    [10, 10],
    [50, 10],
    [50, 30],
    [10, 30],
  ] as [number, number][];
  const readings = { Student: { text: "42", confidence: 1 } };
  const page = await htmlOf({ image, boxes: { Student: [{ points, score: 1, readings }] } });
  expect(page).toContain("Student: 1 boxes");
  expect(page).toContain("<li><code>42</code></li>");
  const [drawn] = await imagesIn(page);
  const at = (x: number, y: number): number[] => [...drawn.data.subarray(3 * (60 * y + x), 3 * (60 * y + x) + 3)];
  expect([at(30, 10), at(30, 20)]).toEqual([
    [255, 0, 0],
    [0, 0, 255],
  ]);
});

test("a display gets HTML; what cannot be shown is an error", async () => {
  const shown: string[] = [];
  await shower({ html: (text) => void shown.push(text) })(tensor([1]));
  expect(shown).toHaveLength(1);
  await expect(htmlOf({} as Showable)).rejects.toThrow("expected a tensor, a history, a reading or boxes");
});
