import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fuzzSeed } from "../../../../fixtures/fuzz-seed.js";
import { parseConfig } from "./parse.js";
import { ConfigError } from "./problems.js";

const text = readFileSync(new URL("../../../../configs/rec/pp-ocrv3-distillation-small.yml", import.meta.url), "utf8");
const lines = text.split("\n");

/** Values that stand where others are expected: other types, extremes, broken YAML. */
const values = [
  ...[
    "",
    "null",
    "~",
    "true",
    "no",
    "0",
    "-1",
    "1e400",
    "-.inf",
    ".nan",
    "9007199254740993",
    "0x10",
    "1_000",
    "1./255.",
  ],
  ...[
    "text",
    "''",
    '"\\u0000"',
    "[]",
    "{}",
    "[[1]]",
    "[1, 2, 3]",
    "{a: 1}",
    "[null]",
    "*network",
    "*nowhere",
    "&again 1",
  ],
  ...["!!binary aGk=", "!!js/function 'x'", "[", "{", "'", "|", ">-", "- 1", "? a", "<<: *network", "2026-11-25", "é𝄞"],
];

type Edit = (lines: readonly string[]) => string[];

const place = fc.nat({ max: lines.length - 1 });
const withKey = (line: string, value: string): string => line.replace(/:.*$/, `: ${value}`);

/** Changes one line, where there still is one. */
const changed =
  (at: number, change: (line: string) => string): Edit =>
  (all) =>
    all.map((line, i) => (i === at ? change(line) : line));

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...values)).map(([i, value]) => changed(i, (line) => withKey(line, value))),
  place.map(
    (i): Edit =>
      (all) =>
        all.toSpliced(i, 1),
  ),
  place.map(
    (i): Edit =>
      (all) =>
        all.toSpliced(i, 0, all[i] ?? ""),
  ),
  fc.tuple(place, place).map(
    ([i, j]): Edit =>
      (all) =>
        all.toSpliced(i, 5).toSpliced(j, 0, ...all.slice(i, i + 5)),
  ),
  fc.tuple(place, fc.nat({ max: 12 })).map(([i, spaces]) => changed(i, (line) => " ".repeat(spaces) + line.trim())),
  fc.tuple(place, fc.string({ maxLength: 8, unit: "binary" })).map(([i, noise]) => changed(i, (line) => noise + line)),
  place.map(
    (i): Edit =>
      (all) =>
        all.slice(0, i),
  ),
);

const override = fc
  .tuple(
    fc.constantFrom(
      "Global.epoch_num",
      "Global",
      "Architecture.Models.Student.Head",
      "Loss.loss_config_list.0",
      "Nowhere.a",
      "Metric.key",
    ),
    fc.constantFrom(...values),
  )
  .map(([key, value]) => `${key}=${value}`);

/** A config is read, or refused by an error of ours that names the file or the override. */
function expectReadOrRefused(config: string, overrides: readonly string[]): "read" | "refused" {
  try {
    parseConfig(config, { file: "fuzzed.yml", overrides });
    return "read";
  } catch (error) {
    expect([Error, ConfigError]).toContain((error as Error).constructor);
    expect((error as Error).message).toMatch(/fuzzed\.yml|override|-o /);
    return "refused";
  }
}

test("a config with random edits is read or refused with a clear error, 1,000 times", () => {
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      fc.array(override, { maxLength: 1 }),
      (edits, overrides) => {
        const edited = edits.reduce((all, one) => one(all), lines);
        seen[expectReadOrRefused(edited.join("\n"), overrides)]++;
      },
    ),
    { numRuns: 1000, seed: fuzzSeed },
  );
  console.log(`seed ${fuzzSeed}: ${seen.read} configs read, ${seen.refused} refused`);
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(0);
}, 120_000);
