import * as autograd from "@retort/autograd";
import * as tensor from "@retort/tensor";
import { testReadme } from "../../../fixtures/readme.js";
import * as models from "./index.js";

testReadme(new URL("../README.md", import.meta.url), {
  "@retort/autograd": autograd,
  "@retort/ocr-models": models,
  "@retort/tensor": tensor,
});
