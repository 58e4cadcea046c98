/** Counter-based random numbers with explicit seeds. */
export { philox, type Words2, type Words4 } from "./philox.js";
export { Random, type RandomState } from "./random.js";
