export { labelLossLaws, nrtrBatches, type StepOptions, sarBatches } from "./labels.js";
export { againstMaps, dbBatches, dbTargetOf, type MapOptions, mapLossLaws, maskedMaps } from "./maps.js";
