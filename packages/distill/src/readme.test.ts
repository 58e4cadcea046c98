import * as autograd from "@retort/autograd";
import * as tensor from "@retort/tensor";
import { testReadme } from "../../../fixtures/readme.js";
import * as distill from "./index.js";
import * as testing from "./testing/index.js";

testReadme(new URL("../README.md", import.meta.url), {
  "@retort/autograd": autograd,
  "@retort/distill": distill,
  "@retort/distill/testing": testing,
  "@retort/tensor": tensor,
});
