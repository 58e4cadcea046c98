export { type CtcLabel, CtcLabelEncoder } from "./ctc-label.js";
export { type Dictionary, defaultDictionary, dictionaryOf, parseDictionary, unknownCharacters } from "./dictionary.js";
export { accepted, type Encoded, type LabelProblem } from "./encoded.js";
export { type MultiLabel, MultiLabelEncoder } from "./multi-label.js";
export { type NrtrLabel, NrtrLabelEncoder, nrtrClasses } from "./nrtr-label.js";
export { type SarLabel, SarLabelEncoder, sarClasses } from "./sar-label.js";
