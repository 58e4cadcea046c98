import * as autograd from "@retort/autograd";
import * as tensor from "@retort/tensor";
import { testReadme } from "../../../fixtures/readme.js";
import * as models from "./index.js";
import * as onnx from "./onnx/index.js";

testReadme(new URL("../README.md", import.meta.url), {
  "@retort/autograd": autograd,
  "@retort/ocr-models": models,
  "@retort/ocr-models/onnx": onnx,
  "@retort/tensor": tensor,
});
