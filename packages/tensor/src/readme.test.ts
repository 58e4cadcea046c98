import { testReadme } from "../../../fixtures/readme.js";
import * as tensor from "./index.js";

testReadme(new URL("../README.md", import.meta.url), { "@retort/tensor": tensor });
