export { alone, type Communicator, type Exchange, type Numbers, type Reduction } from "./communicator.js";
export { joinRanks } from "./join.js";
export { checkSameFacts, type Facts } from "./same-facts.js";
