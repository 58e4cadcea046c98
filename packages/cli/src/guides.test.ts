import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as autograd from "@retort/autograd";
import * as nn from "@retort/autograd/nn";
import * as optim from "@retort/autograd/optim";
import * as distill from "@retort/distill";
import * as tensor from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { testReadme } from "../../../fixtures/readme.js";

const inRoot = (path: string): URL => new URL(`../../../${path}`, import.meta.url);
const modules = {
  "@retort/autograd": autograd,
  "@retort/autograd/nn": nn,
  "@retort/autograd/optim": optim,
  "@retort/distill": distill,
  "@retort/tensor": tensor,
};

/** The help of a command, from the build. */
const helpOf = (command: string): string =>
  execFileSync(process.execPath, [fileURLToPath(inRoot("packages/cli/bin/retort.js")), command, "--help"], {
    encoding: "utf8",
  });

describe.each(["from-paddleocr.md", "research.md"])("%s", (name) => {
  const guide = inRoot(`docs/guides/${name}`);
  testReadme(guide, modules);

  test("its commands and their options are there", () => {
    const text = readFileSync(guide, "utf8");
    const commands = [...text.matchAll(/\bretort ([a-z]+)([^`\n]*)/g)].map(([, command, rest]) => ({ command, rest }));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of new Set(commands.map((one) => one.command))) {
      const help = helpOf(command);
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
