import * as tensor from "@retort/tensor";
import { testReadme } from "../../../fixtures/readme.js";
import * as autograd from "./index.js";
import * as testing from "./testing/index.js";

testReadme(new URL("../README.md", import.meta.url), {
  "@retort/tensor": tensor,
  "@retort/autograd": autograd,
  "@retort/autograd/testing": testing,
});
