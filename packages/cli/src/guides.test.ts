import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { capture } from "../testing/capture.js";
import { fakeEngine } from "../testing/fake-engine.js";
import { main } from "./main.js";

const inRoot = (path: string): URL => new URL(`../../../${path}`, import.meta.url);

async function helpOf(command: string): Promise<string> {
  const { terminal, out } = capture();
  expect(await main([command, "--help"], terminal, fakeEngine().engine)).toBe(0);
  return out();
}

describe.each(["from-paddleocr.md", "research.md"])("%s", (name) => {
  const guide = inRoot(`docs/guides/${name}`);

  test("its commands and their options are there", async () => {
    const text = readFileSync(guide, "utf8");
    const commands = [...text.matchAll(/\bretort ([a-z]+)([^`\n]*)/g)].map(([, command, rest]) => ({ command, rest }));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of new Set(commands.map((one) => one.command))) {
      const help = await helpOf(command);
      expect(help).toContain(`retort ${command}`);
      const options = commands
        .filter((one) => one.command === command)
        .flatMap(({ rest }) => rest.match(/(?<= )--?[a-z-]+/g) ?? []);
      for (const option of options) expect(help, `${command} ${option}`).toMatch(new RegExp(`${option}\\b`));
    }
  });

  test("the files that it links to are there, and their headings", () => {
    const links = [...readFileSync(guide, "utf8").matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link.split("#"));
    for (const [path, heading] of links) {
      const target = readFileSync(new URL(path, guide), "utf8");
      const headings = [...target.matchAll(/^#+ (.*)$/gm)].map(([, line]) => line.toLowerCase().replaceAll(" ", "-"));
      if (heading !== undefined) expect(headings, path).toContain(heading);
    }
  });
});
