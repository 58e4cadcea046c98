import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseConfig } from "../config/parse.js";
import { shareWarnings } from "./share-warnings.js";

const warningsOf = (name: string, ...overrides: string[]): string[] => {
  const text = readFileSync(new URL(`../../../../configs/${name}.yml`, import.meta.url), "utf8");
  return shareWarnings(parseConfig(text, { overrides }).config);
};

test("recognition with shared batch statistics has nothing to warn of", () => {
  expect(warningsOf("rec/quickstart", "Global.use_sync_bn=true")).toEqual([]);
});

test("batch statistics and ratios of sums of each process's own are told", () => {
  expect(warningsOf("rec/quickstart")).toEqual([expect.stringMatching(/^Global\.use_sync_bn: batch norm uses/)]);
  expect(warningsOf("det/pp-ocrv3-student-small", "Global.use_sync_bn=true")).toEqual([
    expect.stringMatching(/^Loss: \w*DBLoss is a ratio of sums over a batch/),
  ]);
});
