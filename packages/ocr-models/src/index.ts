export * from "./decode/index.js";
export * from "./metrics/index.js";
export * from "./text/index.js";
