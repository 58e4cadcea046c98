import { Random } from "@retort/tensor/random";
import { expect } from "vitest";
import { compare, type Golden, golden, goldenSuite } from "../../../../../fixtures/goldens.js";
import { loadOpenCv } from "../opencv.js";
import type { BytePicture } from "../picture.js";
import { blur } from "./blur.js";
import { scaleBrightness } from "./brightness.js";
import { shiftDiagonally } from "./jitter.js";
import { addNoise } from "./noise.js";

interface Case {
  factors: number[];
  steps: number[];
  /** How often a value above 0 changed by how much, among `count`, and by how much values of 0 did. */
  noise: { count: number; changes: [change: number, times: number][]; ofZero: number[] };
}

function picture(g: Golden, name: string): BytePicture {
  const { data, shape } = g.bytes(name);
  return { data, height: shape[0], width: shape[1] };
}

goldenSuite("changes of pixels", () => {
  // Made by fixtures/make-augment.py with OpenCV 5.0 and NumPy 2.4.
  golden("augment-pixels.safetensors", async (g) => {
    const { factors, steps, noise } = g.case as Case;
    const { cv } = await loadOpenCv();
    for (const name of ["colours", "small", "flat"]) {
      const { data } = blur(cv, picture(g, `in.${name}`));
      compare(data, g.bytes(`out.blur.${name}`).data, `blur of ${name}`, () => 0);
    }
    for (const [i, factor] of factors.entries()) {
      const { data } = scaleBrightness(cv, picture(g, "in.colours"), factor);
      // From HSV back to BGR, OpenCV's native builds cut colours to integers, its WebAssembly build rounds them.
      compare(data, g.bytes(`out.brightness.${i}`).data, `brightness times ${factor}`, () => 1);
    }
    for (const step of steps) {
      const { data } = shiftDiagonally(picture(g, "in.small"), step - 1);
      compare(data, g.bytes(`out.jitter.${step}`).data, `jitter of ${step} steps`, () => 0);
    }
    expect(noise.ofZero).toEqual([0]);
    expect(noise.changes.map(([change]) => change)).toEqual([-1, 0]);
    const values = { data: new Uint8Array(noise.count).fill(9), width: noise.count / 3, height: 1 };
    const ours = addNoise(values, new Random(1)).data.filter((value) => value === 8).length;
    // Two counts of the same probability differ by less than five deviations.
    expect(Math.abs(ours - noise.changes[0][1])).toBeLessThan(5 * Math.sqrt(noise.count / 2));
  });
});
