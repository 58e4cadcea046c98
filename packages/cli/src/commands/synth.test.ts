import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { capture } from "../../testing/capture.js";
import { fakeEngine } from "../../testing/fake-engine.js";
import { main } from "../main.js";

const folder = (): string => mkdtempSync(join(tmpdir(), "retort-cli-"));

async function synth(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { terminal, out, err } = capture();
  const code = await main(["synth", ...args], terminal, fakeEngine().engine);
  return { code, out: out(), err: err() };
}

const texts = (path: string): string[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[1]);

test("draws digits and says where they lie", async () => {
  const dir = join(folder(), "digits");
  const { code, out } = await synth("-d", dir, "-n", "20", "--val", "5", "--seed", "3");
  expect(code).toBe(0);
  expect(out).toContain("20 training and 5 validation images of 10 characters");
  expect(out).toContain(`${dir}/train.txt and ${dir}/val.txt`);
  expect(texts(join(dir, "train.txt"))).toHaveLength(20);
  for (const text of texts(join(dir, "train.txt"))) expect(text).toMatch(/^\d{3,5}$/);
});

test("--json reports as JSON on standard output, progress on standard error", async () => {
  const dir = join(folder(), "digits");
  const { out, err } = await synth("-d", dir, "-n", "3", "--alphabet", "ab", "--length", "2", "--json");
  expect(JSON.parse(out)).toMatchObject({ out: dir, train: 3, val: 0, characters: 2 });
  expect(err).toContain("drawing");
});

test("--task det draws pictures and says how many texts they hold", async () => {
  const dir = join(folder(), "pages");
  const args = [
    "--task",
    "det",
    "-n",
    "3",
    "--page",
    "200-240",
    "--lines",
    "2-4",
    "--height",
    "14-20",
    "--angle",
    "10",
  ];
  const { code, out } = await synth("-d", dir, ...args);
  expect(code).toBe(0);
  expect(out).toMatch(/^3 training and 0 validation images with \d+ texts of 10 characters/);
  for (const label of texts(join(dir, "train.txt"))) {
    for (const region of JSON.parse(label)) expect(Object.keys(region)).toEqual(["transcription", "points"]);
  }
});

test("words, corpus, dictionary and excluded labels are read from files", async () => {
  const dir = folder();
  const file = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  const words = file("words.txt", "\ufefftea\r\nmilk\r\n\r\nbread\r\n");
  const labels = file("held.txt", "a.png\ttea\n");
  const out = join(dir, "w");
  expect((await synth("-d", out, "--words", words, "--exclude", labels, "-n", "10")).code).toBe(0);
  expect(new Set(texts(join(out, "train.txt")))).toEqual(new Set(["milk", "bread"]));
  const dict = file("dict.txt", "x\ny\n");
  expect((await synth("-d", join(dir, "x"), "--dict", dict, "-n", "5", "--effects", "blur,noise")).code).toBe(0);
  const corpus = file("corpus.txt", "one two three\n");
  expect((await synth("-d", join(dir, "c"), "--corpus", corpus, "-n", "5", "--effects", "none")).code).toBe(0);
});

test.each([
  [["--length", "5-3"], /least text length 5 is above the greatest, 3/],
  [["--length", "many"], /--length: expected a number or a range/],
  [["--alphabet", ""], /alphabet is empty/],
  [["--alphabet", "漢字"], /"漢" "字" missing/],
  [["--effects", "glow"], /unknown effect "glow"/],
  [["--words", "/no/such"], /no such file.*\/no\/such/],
  [["--words", "a", "--corpus", "b"], /--words and --corpus exclude each other/],
  [["--seed", "-1"], /seed must be a whole number from 0/],
  [["--task", "cls"], /Invalid values:[\s\S]*task/],
  [["--page", "200"], /page: only pictures with several texts/],
  [["--task", "det", "--lines", "none"], /--lines: expected a number or a range/],
  [["--task", "det", "--angle", "200"], /angle must be from 0 to 180 degrees/],
  [["--count", "x"], /count must be a whole number from 1/],
])("%j is refused with code 2 before anything is written", async (args, message) => {
  const dir = join(folder(), "never");
  const { code, err } = await synth("-d", dir, ...args);
  expect(code).toBe(2);
  expect(err).toMatch(message);
  expect(existsSync(dir)).toBe(false);
});

test("a folder that is not empty is refused without --force", async () => {
  const dir = folder();
  writeFileSync(join(dir, "mine.txt"), "");
  const { code, err } = await synth("-d", dir, "-n", "2");
  expect(code).toBe(1);
  expect(err).toContain("--force");
  expect((await synth("-d", dir, "-n", "2", "--force")).code).toBe(0);
});

test("an interrupt gives code 130 and says how to go on", async () => {
  const { terminal, err, interrupt } = capture();
  interrupt();
  expect(await main(["synth", "-d", join(folder(), "x"), "-n", "5"], terminal, fakeEngine().engine)).toBe(130);
  expect(err()).toMatch(/interrupted: .* is incomplete; run again with --force/);
});
