import { readFileSync } from "node:fs";
import * as autograd from "@retort/autograd";
import * as tensor from "@retort/tensor";
import { expect, test } from "vitest";
import { testReadme } from "../../../../fixtures/readme.js";
import * as distill from "../index.js";
import * as testing from "./index.js";

const guide = new URL("../../../../docs/testing-losses.md", import.meta.url);

testReadme(guide, {
  "@retort/autograd": autograd,
  "@retort/distill": distill,
  "@retort/distill/testing": testing,
  "@retort/tensor": tensor,
});

test("the guide names every law, list of laws and arbitrary", () => {
  const text = readFileSync(guide, "utf8");
  const forOperations = [
    "assertClose",
    "dbTargetOf",
    "grid",
    "gridOf",
    "inParts",
    "opChecks",
    "randomGrid",
    "toTensor",
    "toStridedTensor",
  ];
  const missing = Object.keys(testing).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
  expect(missing.sort()).toEqual(forOperations.sort());
});
