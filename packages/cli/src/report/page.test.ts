import type { Review, ReviewedLine, ReviewedPage } from "@retort/distill";
import sharp from "sharp";
import { expect, test } from "vitest";
import { fakeRun } from "../../testing/fake-engine.js";
import { flattened } from "./config.js";
import { reportPage } from "./page.js";
import type { ReportedRun } from "./reported-run.js";

const date = new Date("2026-01-02T03:04:05Z");

const line = (wanted: string, text: string, score: number): ReviewedLine => ({
  kind: "line",
  path: `images/${wanted}.png`,
  score,
  picture: { width: 3, height: 2, pixels: Uint8Array.from({ length: 18 }, (_, i) => 14 * i) },
  wanted,
  readings: { Student: { text, confidence: 0.75 }, Teacher: { text: wanted, confidence: 1 } },
});

const review: Review = {
  metrics: { acc: 0.5 },
  networks: {},
  agreement: [],
  images: 1234,
  network: "Student",
  checkpoint: "out/best_accuracy.json",
  unusable: { "unreadable image": 2 },
  worst: [line("a<b", "a>b", 0.6)],
  best: [line("ok", "ok", 1)],
  confusions: { Student: [{ wanted: "<", read: ">", count: 3 }], Teacher: [] },
};

function run(name: string, more: Partial<ReportedRun> = {}): ReportedRun {
  const config = { Global: { seed: name.length, paths: ["x", "y"] }, Metric: { key: "Student" } };
  const checkpoint = { config } as unknown as ReportedRun["checkpoint"];
  return { name, ...fakeRun(`out/${name}`), checkpoint, review, ...more };
}

/** What stands in a page without its tags and spaces. */
const words = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

test("a page needs nothing else, and escapes what texts say", async () => {
  const page = await reportPage([run("one")], date);
  expect(page.startsWith("<!doctype html>")).toBe(true);
  expect(page).not.toMatch(/<script|<link|@import|url\(|(?:src|href)="(?!data:)/);
  expect(page).not.toContain("a<b");
  const text = words(page);
  expect(text).toContain("Training one Report of 2026-01-02 03:04 UTC");
  // The best evaluation and the last, the other network then, steps, images a second, time.
  expect(text).toContain("out/one 50.0 % step 10 25.0 % Teacher 90.0 % 20 epoch 2 of 2 16 0:00:10");
  expect(text).toContain("label a&lt;b Student ✗ a &gt; b 0.75 Teacher ✓ a&lt;b 1.00");
  expect(text).toContain(
    "1,234 images with out/best_accuracy.json . Images that could not be used: 2 × unreadable image.",
  );
  expect(text).toContain("Student label &gt; &lt; 3");
  expect(text).toContain("3 differences");
  expect(text).toContain("Every character is right.");
  expect(text).toContain('Global.seed=3 Global.paths=["x","y"] Metric.key="Student"'.replaceAll('"', "&quot;"));
  expect(page.match(/<figure>/g)).toHaveLength(7);
});

test("pictures are the pixels that they were given", async () => {
  const page = await reportPage([run("one")], date);
  const [, base64] = /src="data:image\/png;base64,([^"]*)" alt="line of text: a&lt;b"/.exec(page) ?? [];
  const { data, info } = await sharp(Buffer.from(base64, "base64"))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([3, 2]);
  expect([...data]).toEqual([...review.worst[0].picture.pixels]);
});

test("of several runs it says where configs differ, and what was not recorded or read", async () => {
  const agreement = [{ between: ["Student", "Teacher"] as const, metrics: { acc: 0.8, norm_edit_dis: 0.9 } }];
  const { history } = fakeRun("x");
  const recorded = { ...history, evaluations: history.evaluations.map((record) => ({ ...record, agreement })) };
  const page = await reportPage(
    [
      run("first", { history: recorded }),
      run("second", { review: undefined, problem: "there is no <val.txt>", checkpoint: undefined }),
    ],
    date,
  );
  const text = words(page);
  expect(text).toContain("2 trainings");
  expect(text).toContain("Equal readings");
  expect(text).toContain("Agreement of networks was not recorded by the version of Retort that trained second.");
  expect(text).toContain("Nothing was read: there is no &lt;val.txt&gt;.");
  expect(text).toContain("Where the runs differ key first second Global.seed 5 — ");
  expect(text).toContain("second: the config is kept in checkpoints, and there is none in out/second.");
  expect(page.match(/<input type="checkbox" id="show-\d"/g)).toHaveLength(2);
});

test("a training that has only begun", async () => {
  const history = { steps: [], evaluations: [] };
  const text = words(await reportPage([run("new", { history, review: undefined, problem: undefined })], date));
  expect(text).toContain("best metric last steps images/s time of steps new out/new — — 0 epoch none — 0:00:00");
  expect(text).not.toContain("Accuracy");
});

test("pages show labels and boxes in their colours", async () => {
  const corners = (x: number, size: number): [number, number][] => [
    [x, x],
    [x + size, x],
    [x + size, x + size],
    [x, x + size],
  ];
  const page: ReviewedPage = {
    kind: "page",
    path: "page.png",
    score: 0.5,
    picture: { width: 200, height: 100, pixels: new Uint8Array(60_000).fill(255) },
    regions: [
      { points: corners(10, 30), ignore: false },
      { points: corners(50, 20), ignore: true },
    ],
    boxes: { Student: [{ points: corners(12, 40) }], Teacher: [] },
  };
  const report = await reportPage(
    [run("det", { review: { ...review, worst: [page], best: [], confusions: undefined } })],
    date,
  );
  const text = words(report);
  expect(text).toContain("Worst and best detections");
  expect(text).toContain("label 1 regions Student 1 boxes Teacher 0 boxes hmean 0.500");
  expect(text).toContain("None: nothing is right.");
  expect(text).not.toContain("Confusion");
  const [, base64] = /src="data:image\/jpeg;base64,([^"]*)"/.exec(report) ?? [];
  const { data, info } = await sharp(Buffer.from(base64, "base64")).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([200, 100]);
  const at = (x: number, y: number): number[] => [...data.subarray(3 * (200 * y + x), 3 * (200 * y + x) + 3)];
  const [green, grey, orange] = [at(10, 25), at(50, 60), at(52, 40)];
  expect(green[1]).toBeGreaterThan(green[0] + 30);
  expect(Math.max(...grey) - Math.min(...grey)).toBeLessThan(50);
  expect(orange[0]).toBeGreaterThan(orange[2] + 40);
  expect(Math.min(...at(150, 50))).toBeGreaterThan(240);
});

test("a config as the paths of its values", () => {
  expect(flattened({ A: { b: 1, c: [1, 2], d: [{ e: "x" }], f: {}, g: null } })).toEqual([
    ["A.b", "1"],
    ["A.c", "[1,2]"],
    ["A.d.0.e", '"x"'],
    ["A.f", "{}"],
    ["A.g", "null"],
  ]);
});
