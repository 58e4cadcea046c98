import { createCanvas, loadImage } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import type { SynthOptions } from "./options.js";
import type { Corner } from "./place-lines.js";
import { type SynthScene, synthesizeScenes } from "./scenes.js";

const options = { alphabet: "0123456789ABgjpq", count: 6, seed: 4, page: [200, 320] as const };

async function all(more: Partial<SynthOptions> = {}): Promise<SynthScene[]> {
  const scenes: SynthScene[] = [];
  for await (const scene of synthesizeScenes({ ...options, ...more })) scenes.push(scene);
  return scenes;
}

test("the same seed gives the same pictures and labels; another seed others", async () => {
  const first = await all();
  expect(await all()).toEqual(first);
  expect(await all({ seed: 5 })).not.toEqual(first);
  expect((await all({ count: 9 })).slice(0, 6)).toEqual(first);
});

test("pictures have the size, and texts the number, asked for", async () => {
  const scenes = await all({ count: 20, lines: [3, 5], height: [12, 20] });
  for (const { image, regions } of scenes) {
    const picture = await loadImage(Buffer.from(image.bytes));
    expect([picture.width, picture.height]).toEqual([image.width, image.height]);
    for (const side of [image.width, image.height]) {
      expect(side).toBeGreaterThanOrEqual(200);
      expect(side).toBeLessThanOrEqual(320);
    }
    expect(regions.length).toBeLessThanOrEqual(5);
    expect(regions.length).toBeGreaterThanOrEqual(1);
  }
  const counts = scenes.map(({ regions }) => regions.length);
  expect(counts.filter((count) => count >= 3).length).toBeGreaterThan(15);
});

const spans = (points: readonly Corner[]): [number, number][] =>
  [0, 1].map((axis) => [Math.min(...points.map((p) => p[axis])), Math.max(...points.map((p) => p[axis]))]);

test("regions lie inside the picture, go round clockwise, and do not touch each other", async () => {
  for (const { image, regions } of await all({ count: 20, angle: 90 })) {
    const boxes = regions.map(({ points }) => spans(points));
    for (const { points } of regions) {
      expect(points).toHaveLength(4);
      for (const [x, y] of points) {
        expect(x >= 0 && x < image.width && y >= 0 && y < image.height).toBe(true);
      }
      const twice = points.reduce((sum, [x, y], i) => {
        const [nextX, nextY] = points[(i + 1) % 4];
        return sum + x * nextY - nextX * y;
      }, 0);
      expect(twice).toBeGreaterThan(0);
    }
    boxes.forEach(([xs, ys], i) => {
      for (const [otherXs, otherYs] of boxes.slice(i + 1)) {
        const apart = xs[1] < otherXs[0] || otherXs[1] < xs[0] || ys[1] < otherYs[0] || otherYs[1] < ys[0];
        expect(apart).toBe(true);
      }
    });
  }
});

test("on a plain background ink is where the regions are, and nowhere else", async () => {
  for (const { image, regions } of await all({ count: 12, effects: ["rotate", "skew", "spacing"], angle: 60 })) {
    const context = createCanvas(image.width, image.height).getContext("2d");
    context.drawImage(await loadImage(Buffer.from(image.bytes)), 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const dark = regions.map(() => 0);
    let ink = 0;
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        if (data[4 * (y * image.width + x)] > 100) continue;
        ink++;
        regions.forEach(({ points }, i) => {
          if (inside(points, x, y)) dark[i]++;
        });
      }
    }
    regions.forEach(({ transcription }, i) => {
      // Very small letters are grey.
      if (transcription !== "###") expect(dark[i]).toBeGreaterThan(0);
    });
    const found = dark.reduce((sum, count) => sum + count, 0);
    expect(found).toBeGreaterThan(0.97 * ink);
    expect(found).toBeLessThanOrEqual(ink);
  }
});

/** Whether a pixel lies in a quadrilateral, or not further than two pixels outside. */
function inside(points: readonly Corner[], x: number, y: number): boolean {
  return points.every(([ax, ay], i) => {
    const [bx, by] = points[(i + 1) % 4];
    const length = Math.hypot(bx - ax, by - ay);
    return ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length > -2;
  });
}

test("scenes turn each text by itself, pages all alike; without the effect nothing is turned", async () => {
  const angles = ({ regions }: SynthScene): number[] =>
    regions.map(({ points: [a, b] }) => Math.atan2(b[1] - a[1], b[0] - a[0]));
  const spread = (scene: SynthScene): number => Math.max(...angles(scene)) - Math.min(...angles(scene));
  const long = {
    count: 24,
    length: [6, 8] as const,
    height: [14, 18] as const,
    lines: [4, 6] as const,
    page: [400, 500] as const,
  };
  const spreads = (await all({ ...long, angle: 40 })).filter(({ regions }) => regions.length > 2).map(spread);
  expect(spreads.filter((value) => value > 0.3).length).toBeGreaterThan(4);
  // Corners are whole pixels: a text of 60 pixels has its angle to within a sixtieth.
  expect(spreads.filter((value) => value < 0.1).length).toBeGreaterThan(4);
  const plain = await all({ ...long, effects: [] });
  for (const angle of plain.flatMap(angles)) expect(Math.abs(angle)).toBeLessThan(0.05);
});

test("texts that are too small to be read are marked", async () => {
  const scenes = await all({ count: 40 });
  const regions = scenes.flatMap((scene) => scene.regions);
  const unreadable = regions.filter(({ transcription }) => transcription === "###");
  expect(unreadable.length).toBeGreaterThan(0.01 * regions.length);
  expect(unreadable.length).toBeLessThan(0.15 * regions.length);
  for (const { transcription } of regions) expect(transcription).toMatch(/^(###|[0-9ABgjpq]{3,5})$/);
});

describe("what cannot be drawn is named", () => {
  test.each<[string, Partial<SynthOptions>, RegExp]>([
    [
      "pictures without size",
      { page: [10, 20] },
      /width and height of a picture must be whole numbers from 64 to 4096/,
    ],
    ["no texts", { lines: [0, 3] }, /the number of texts must be whole numbers from 1/],
    ["an angle", { angle: 200 }, /angle must be from 0 to 180 degrees, found 200/],
    ["texts larger than pictures", { height: [400, 400], page: [64, 64] }, /no text fits into a picture/],
  ])("%s", async (_, more, message) => {
    await expect(all(more)).rejects.toThrow(message);
  });
});
