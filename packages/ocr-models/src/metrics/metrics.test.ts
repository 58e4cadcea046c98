import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance, normalizedEditDistance } from "./edit-distance.js";
import { RecMetric } from "./rec-metric.js";

/** Wagner and Fischer's table, in code points. */
function table(a: string[], b: string[]): number {
  let row = b.map((_, j) => j + 1);
  row.unshift(0);
  a.forEach((x, i) => {
    const next = [i + 1];
    b.forEach((y, j) => {
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (x === y ? 0 : 1)));
    });
    row = next;
  });
  return row[b.length];
}

describe("edit distance", () => {
  const text = fc.array(fc.constantFrom("a", "b", "中", "😀", "😁"), { maxLength: 40 });
  test("equals the plain table, in code points", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(editDistance(a.join(""), b.join(""))).toBe(table(a, b));
      }),
    );
  });
  test("is normalised by the longer text", () => {
    expect(normalizedEditDistance("", "")).toBe(0);
    expect(normalizedEditDistance("", "ab")).toBe(1);
    expect(normalizedEditDistance("😀", "😁😁")).toBe(1);
    expect(normalizedEditDistance("abcd", "abxd")).toBe(0.25);
  });
});

describe("RecMetric", () => {
  const texts = (...list: string[]): { text: string }[] => list.map((text) => ({ text }));

  test("unusable samples count as wrong, and the accuracy without them stands beside", () => {
    const metric = new RecMetric();
    metric.add(texts("a", "b"), texts("a", "c"));
    metric.addUnusable(2);
    const { acc, acc_usable, norm_edit_dis } = metric.result();
    expect(acc).toBeCloseTo(1 / 4, 5);
    expect(acc_usable).toBeCloseTo(1 / 2, 5);
    expect(norm_edit_dis).toBeCloseTo(1 - 3 / 4, 5);
  });
  test("unless they are left out, as in the reference", () => {
    const metric = new RecMetric({ countUnusable: false });
    metric.add(texts("a", "b"), texts("a", "c"));
    metric.addUnusable(2);
    expect(metric.result()).toEqual({ acc: expect.closeTo(0.5, 5), norm_edit_dis: expect.closeTo(0.5, 5) });
  });
  test("reset forgets everything", () => {
    const metric = new RecMetric();
    metric.add(texts("x"), texts("a"));
    metric.addUnusable(1);
    metric.reset();
    expect(metric.result()).toEqual({ acc: 0, norm_edit_dis: 1 });
  });
  test("parts and the whole give the same", () => {
    const whole = new RecMetric();
    const parts = new RecMetric();
    whole.add(texts("ab", "c", ""), texts("ab", "d", "e"));
    parts.add(texts("ab"), texts("ab"));
    parts.add(texts("c", ""), texts("d", "e"));
    expect(parts.result()).toEqual(whole.result());
  });
  test("lists of different length are an error", () => {
    expect(() => new RecMetric().add(texts("a"), [])).toThrow("1 predictions for 0 targets");
  });
});
