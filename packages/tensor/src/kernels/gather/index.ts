// Gathering is a matter of memory, not arithmetic: typed arrays copy rows as fast as SIMD would.
export {
  plainGatherRows as runGatherRows,
  plainPick as runPick,
  plainPickGrad as runPickGrad,
  plainScatterAddRows as runScatterAddRows,
} from "./plain.js";
