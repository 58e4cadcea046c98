import * as autograd from "@retort/autograd";
import * as nn from "@retort/autograd/nn";
import * as optim from "@retort/autograd/optim";
import * as tensor from "@retort/tensor";
import { describe } from "vitest";
import { testReadme } from "../../../fixtures/readme.js";
import * as distill from "./index.js";

describe.each(["from-paddleocr.md", "research.md"])("%s", (name) => {
  testReadme(new URL(`../../../docs/guides/${name}`, import.meta.url), {
    "@retort/autograd": autograd,
    "@retort/autograd/nn": nn,
    "@retort/autograd/optim": optim,
    "@retort/distill": distill,
    "@retort/tensor": tensor,
  });
});
