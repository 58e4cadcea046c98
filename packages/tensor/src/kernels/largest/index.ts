// The engine's own sort of typed arrays is native code; only losses with hard negatives call this, once a step.
export { plainLargest as runLargest } from "./plain.js";
