export * from "@retort/autograd/testing";
export * from "@retort/ocr-models/testing";
export { divergenceLaws, halfOfBoth, oppositeOf, temperedBy } from "./divergences.js";
export { followsRamp, lossOfTerm, ramps, type TermInputs } from "./terms.js";
