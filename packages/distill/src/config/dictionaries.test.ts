import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../../../../configs/dict/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const script: string = new URL("make.mjs", folder).href;

test("the dictionaries are what their script makes", async () => {
  const { dictionaries } = (await import(script)) as { dictionaries: Record<string, string> };
  expect(Object.keys(dictionaries).sort()).toEqual(readdirSync(folder).filter((name) => name.endsWith(".txt")));
  for (const [name, text] of Object.entries(dictionaries)) expect(read(name) === text, name).toBe(true);
});

test("each character stands on a line of its own, once", () => {
  for (const name of ["digits.txt", "en.txt", "gb2312.txt"]) {
    const lines = read(name).split("\n");
    expect(lines.pop()).toBe("");
    expect(new Set(lines).size, name).toBe(lines.length);
    expect(lines.filter((line) => [...line].length !== 1 || /\s/.test(line))).toEqual([]);
  }
});

// GB 2312-80: 6,763 Chinese characters, 3,755 of level 1 (from 啊 to 座) and 3,008 of level 2 (from 亍 to 齄).
test("the Chinese dictionary ends with all of GB 2312's characters, in their order", () => {
  const chinese = read("gb2312.txt").trimEnd().split("\n").slice(-6763);
  expect([chinese[0], chinese[3754], chinese[3755], chinese[6762]]).toEqual(["啊", "座", "亍", "齄"]);
  expect(chinese.every((character) => /\p{Script=Han}/u.test(character))).toBe(true);
});
