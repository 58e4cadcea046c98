import { expect, test } from "vitest";
import { capture } from "../testing/capture.js";
import { fakeEngine } from "../testing/fake-engine.js";
import { main } from "./main.js";

test("help names every command and the exit codes", async () => {
  const { terminal, out, err } = capture();
  expect(await main(["--help"], terminal, fakeEngine().engine)).toBe(0);
  expect(out()).toMatch(/retort synth/);
  expect(out()).toMatch(/Exit codes: 0 done/);
  expect(err()).toBe("");
});

test("help of a command has its options and examples", async () => {
  const { terminal, out } = capture();
  expect(await main(["synth", "--help"], terminal, fakeEngine().engine)).toBe(0);
  expect(out()).toMatch(/--drop-missing/);
  expect(out()).toMatch(/Examples:\s+retort synth/);
});

test("the version is the package's", async () => {
  const { terminal, out } = capture();
  expect(await main(["--version"], terminal, fakeEngine().engine)).toBe(0);
  expect(out()).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  [[], /name a command/],
  [["sinth"], /Did you mean synth\?/],
  [["synth"], /Missing required argument: out/],
  [["synth", "-d", "x", "--colour"], /Unknown argument: colour/],
])("%j is called wrongly: exit code 2 and one block", async (args, message) => {
  const { terminal, out, err } = capture();
  expect(await main(args, terminal, fakeEngine().engine)).toBe(2);
  expect(out()).toBe("");
  expect(err()).toMatch(message);
  expect(err()).toMatch(/^error: /);
  expect(err()).not.toMatch(/\n\s+at /);
});

test("completion prints a script for the shell", async () => {
  const { terminal, out } = capture();
  expect(await main(["completion"], terminal, fakeEngine().engine)).toBe(0);
  expect(out()).toMatch(/retort/);
});
