import { describe, expect, test } from "vitest";
import { showPath } from "./path.js";
import { readYaml, readYamlValue } from "./yaml.js";

// What PyYAML 6.0.3 (yaml.load with the full loader) made of each plain scalar.
const scalars: [string, unknown][] = [
  ["~", null], ["null", null], ["nul", "nul"], ["true", true], ["TRUE", true], ["tRue", "tRue"],
  ["yes", true], ["No", false], ["on", true], ["OFF", false], ["y", "y"], ["Y", "Y"], ["n", "n"], ["N", "N"],
  ["+1", 1], ["010", 8], ["08", "08"], ["-010", -8], ["0x1F", 31], ["0b11", 3], ["0o17", "0o17"], ["1_000", 1000],
  ["1:30", 90], ["190:20:30", 685230], ["-1:30", -90], ["1:60", "1:60"],
  ["1.", 1], ["1.e-8", 1e-8], ["1.e8", "1.e8"], ["1.5e3", "1.5e3"], ["1.5e+3", 1500], ["5.0e-05", 5e-5],
  ["1e-3", "1e-3"], ["1e3", "1e3"], [".5", 0.5], ["12e03", "12e03"], [".inf", Number.POSITIVE_INFINITY],
  ["-.INF", Number.NEGATIVE_INFINITY], [".nan", Number.NaN], ["inf", "inf"], ["1./255.", "1./255."], ["./a", "./a"],
  ["0777", 511], ["00", 0], ["1,000", "1,000"], ["a b", "a b"],
]; // biome-ignore format: a table

test.each(scalars)("the scalar %s is what PyYAML makes of it", (text, value) => {
  expect(readYamlValue(text)).toEqual(value);
  expect(readYaml(`key: ${text}\n`, "f.yml").value).toEqual({ key: value });
});

describe("anchors, aliases and merges", () => {
  const text = "a: &a {x: 1, y: [1, 2]}\nb: *a\nc:\n  <<: *a\n  x: 3\n";

  test("are expanded", () => {
    const a = { x: 1, y: [1, 2] };
    expect(readYaml(text, "f.yml").value).toEqual({ a, b: a, c: { ...a, x: 3 } });
  });

  test("are copies", () => {
    const { a, b } = readYaml(text, "f.yml").value as Record<string, { x: number }>;
    a.x = 7;
    expect(b.x).toBe(1);
  });

  test("an alias that contains itself, or grows without end, is refused", () => {
    expect(() => readYaml("a: &a [*a]\n", "f.yml")).toThrow(/^f\.yml: .*alias/);
    const bomb = ["x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
    for (let i = 1; i < 9; i++)
      bomb.push(
        `x${i}: &x${i} [${Array(10)
          .fill(`*x${i - 1}`)
          .join(", ")}]`,
      );
    expect(() => readYaml(bomb.join("\n"), "f.yml")).toThrow(/more than 100000 values/);
  });
});

test("of a duplicate key the last one counts, and a warning names the lines", () => {
  const text = "Loss:\n- A:\n    k: [1]\n    other: 2\n    k: [3]\n    k: [4]\n- A: 1\n";
  const { value, warnings } = readYaml(text, "det.yml");
  expect(value).toEqual({ Loss: [{ A: { k: [4], other: 2 } }, { A: 1 }] });
  expect(warnings).toEqual([
    "det.yml:5: Loss[0].A.k is given twice; this line counts, line 3 does not",
    "det.yml:6: Loss[0].A.k is given twice; this line counts, line 5 does not",
  ]);
});

test("duplicate keys are seen in flow mappings, quoted, and inside of lists of lists", () => {
  expect(readYaml("a: [[{b: 1, 'b': 2}]]", "f.yml").warnings).toHaveLength(1);
  expect(readYaml("a: {b: {c: 1}, d: {c: 1}}\ne: {b: 1}", "f.yml").warnings).toHaveLength(0);
});

test("paths have lines", () => {
  const { lineOf } = readYaml("# c\na:\n  b:\n  - x: 1\n  - y:\n    - [1,\n       2]\n", "f.yml");
  expect(lineOf(["a"])).toBe(2);
  expect(lineOf(["a", "b"])).toBe(3);
  expect(lineOf(["a", "b", 0, "x"])).toBe(4);
  expect(lineOf(["a", "b", 1, "y", 0, 1])).toBe(7);
  expect(lineOf(["a", "b", 1, "missing"])).toBe(5);
  expect(lineOf(["none"])).toBe(1);
});

test("errors name the file and the line", () => {
  expect(() => readYaml("a: 1\nb: [1\nc: 2\n", "bad.yml")).toThrow(/^bad\.yml:3: not a YAML document: /);
  expect(() => readYaml("", "empty.yml")).toThrow(/^empty\.yml: .*empty/);
});

test("a key called __proto__ changes no prototype", () => {
  const { value } = readYaml("__proto__: {polluted: 1}\na: 1\n", "f.yml");
  expect(Object.keys(value as object)).toEqual(["__proto__", "a"]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("paths are shown as they are written", () => {
  expect(showPath(["Loss", "loss_config_list", 0, "A", "weight"])).toBe("Loss.loss_config_list[0].A.weight");
});
