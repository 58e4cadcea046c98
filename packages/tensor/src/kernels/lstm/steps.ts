import { sigmoid4, tanh4 } from "../../expr/vector-math.js";
import {
  type F32x4,
  type Float,
  type FunctionBuilder,
  type Int,
  i32,
  type Kernel,
  type KernelRange,
  kernel,
  type Local,
  type ParamLocals,
  type Pointer,
  ptr,
} from "../../wasm/index.js";
import { tileRows } from "../gemm/tile.js";
import { loadUpTo, storeUpTo } from "../lanes.js";
import { backwardColumns, forwardColumns, forwardUnits } from "./panel.js";
import { type PanelRows, panelProduct, sumsBytes } from "./product.js";

// A block is some samples and some groups of hidden units, over some steps of time. Either it has all groups, and then
// all steps can follow each other within it, or all samples, and then it ends after a step, which the next one needs
// whole (see `simd.ts`).
//
// What a step hands to the next one's product (forward the output, backward the gradient of the gates) it also writes as
// matrix products pack their left matrix, in panels [count][tile rows] of some samples each. There are two such copies:
// the steps with even numbers read the first and write the second, the others the second and the first.

const common = {
  steps: i32,
  batch: i32,
  hidden: i32,
  reverse: i32,
  /** The steps, counted in the order of the walk. */
  from: i32,
  to: i32,
  groups: i32,
  blockSamples: i32,
  blockGroups: i32,
  /** The two packed copies. */
  packed0: ptr,
  packed1: ptr,
  panelSamples: i32,
} as const;

type Common = ParamLocals<typeof common>;

/** Two vectors, of eight hidden units side by side. */
type Pair = readonly [Local<F32x4>, Local<F32x4>];

/** Reads and writes eight hidden units, of which `left` are there. */
interface Units {
  load(at: Pointer, left: Int): Pair;
  store(at: Pointer, pair: Pair, left: Int): void;
  /** Writes them into a packed panel, where they lie a tile's rows apart. */
  storePacked(at: Pointer, pair: Pair, left: Int): void;
}

/** The pair of what is computed for each half. */
function pairOf(f: FunctionBuilder, half: (v: 0 | 1) => F32x4): Pair {
  return [f.local(half(0)), f.local(half(1))];
}

/** Emits `body` twice: for layers of whole groups, where no unit has to be counted, and for all others. */
function forUnits(f: FunctionBuilder, hidden: Int, groupSize: number, body: (units: Units) => void): void {
  const width = tileRows(f.fma);
  const places = [0, 1, 2, 3, 4, 5, 6, 7];
  const lane = (pair: Pair, i: number): Float => pair[i >> 2].lane(i & 3);
  f.if(
    hidden.rem(groupSize).eq(0),
    () =>
      body({
        load: (at) => pairOf(f, (v) => at.load4(4 * v)),
        store: (at, pair) => f.storeAll(at, pair),
        storePacked: (at, pair) => {
          for (const i of places) f.store(at, lane(pair, i), i * width);
        },
      }),
    () =>
      body({
        load: (at, left) => [loadUpTo(f, at, left), loadUpTo(f, at.at(4), left.sub(4))],
        store: (at, [low, high], left) => {
          storeUpTo(f, at, low, left);
          storeUpTo(f, at.at(4), high, left.sub(4));
        },
        storePacked: (at, pair, left) => {
          for (const i of places) f.if(left.gt(i), () => f.store(at, lane(pair, i), i * width));
        },
      }),
  );
}

/** Multiplies the panels of each block of the range with its samples, step by step and group by group. */
function forBlocks(
  f: FunctionBuilder,
  p: Common,
  { start, end, scratch }: KernelRange,
  groupSize: number,
  columns: number,
  visitStep: (n: Local<Int>, units: Units) => (group: Local<Int>) => PanelRows,
): void {
  const product = panelProduct(f, scratch, columns);
  const sampleBlocks = f.local(p.batch.add(p.blockSamples).sub(1).div(p.blockSamples));
  forUnits(f, p.hidden, groupSize, (units) =>
    f.forRange(start, end, (block) => {
      const firstSample = f.local(block.rem(sampleBlocks).mul(p.blockSamples));
      const endSample = f.local(firstSample.add(p.blockSamples));
      endSample.set(endSample.min(p.batch));
      const firstGroup = f.local(block.div(sampleBlocks).mul(p.blockGroups));
      const endGroup = f.local(firstGroup.add(p.blockGroups));
      endGroup.set(endGroup.min(p.groups));
      f.forRange(p.from, p.to, (n) => {
        const visit = visitStep(n, units);
        f.forRange(firstGroup, endGroup, (group) => product(firstSample, endSample, visit(group)));
      });
    }),
  );
}

/** The packed copies that the step with this number reads and writes. */
function packedOf(
  f: FunctionBuilder,
  p: Common,
  step: Int,
): { readonly read: Local<Pointer>; readonly write: Local<Pointer> } {
  const isEven = f.local(step.rem(2).eq(0));
  return { read: f.local(isEven.select(p.packed0, p.packed1)), write: f.local(isEven.select(p.packed1, p.packed0)) };
}

/** The place of a sample's first value in a packed copy of `count` values a sample. */
function packedPlace(f: FunctionBuilder, p: Common, packed: Pointer, sample: Int, count: Int): Local<Pointer> {
  const panel = sample.div(p.panelSamples).mul(count).mul(tileRows(f.fma));
  return f.local(packed.at(panel.add(sample.rem(p.panelSamples))));
}

/** The place in memory of the n-th step in time. */
function placeOf(f: FunctionBuilder, p: Common, n: Int): Local<Int> {
  return f.local(p.reverse.select(p.steps.sub(1).sub(n), n));
}

/** Steps forward; a group is eight hidden units. `initialC` is [B, H]. */
export const forwardSteps: Kernel = kernel(
  "lstmSteps",
  {
    ...common,
    gates: ptr,
    panels: ptr,
    /** 0 when the initial output is zero; else the first packed copy holds it. */
    started: i32,
    initialC: ptr,
    output: ptr,
    cell: ptr,
    activations: ptr,
  },
  (f, p, range) => {
    const { hidden, steps } = p;
    const width = tileRows(f.fma);
    const stride = f.local(steps.mul(hidden));
    forBlocks(f, p, range, forwardUnits, forwardColumns, (n, { load, store, storePacked }) => {
      const at = f.local(placeOf(f, p, n).mul(hidden));
      const before = placeOf(f, p, n.sub(1)).mul(hidden);
      const isFirst = f.local(n.eq(0));
      const beforeC = f.local(isFirst.select(p.initialC, p.cell.at(before)));
      const beforeStride = f.local(isFirst.select(hidden, stride));
      const { read, write } = packedOf(f, p, n);
      const multiply = f.local(p.started.or(isFirst.eq(0)));
      return (group) => {
        const unit = f.local(group.mul(forwardUnits));
        const left = f.local(hidden.sub(unit));
        const rowOf = (b: Int): Local<Int> => f.local(b.mul(stride).add(at));
        const gatesOf = (row: Int): Local<Int>[] =>
          [0, 1, 2, 3].map((gate) => f.local(row.mul(4).add(hidden.mul(gate)).add(unit)));
        return {
          panel: f.local(p.panels.at(group.mul(hidden).mul(forwardColumns))),
          count: hidden,
          multiply,
          packed: read,
          panelSamples: p.panelSamples,
          given: (b) => gatesOf(rowOf(b)).flatMap((place) => load(f.local(p.gates.at(place)), left)),
          finish: (b, sums) => {
            const [input, forget, candidate, out] = [0, 1, 2, 3].map((gate) => {
              const squash = gate === 2 ? tanh4 : sigmoid4;
              return pairOf(f, (v) => squash(f, sums[2 * gate + v]));
            });
            const cellBefore = load(f.local(beforeC.at(b.mul(beforeStride).add(unit))), left);
            const cell = pairOf(f, (v) => f.mulAdd(forget[v], cellBefore[v], input[v].mul(candidate[v])));
            const row = rowOf(b);
            const gates = gatesOf(row);
            for (const [gate, pair] of [input, forget, candidate, out].entries()) {
              store(f.local(p.activations.at(gates[gate])), pair, left);
            }
            store(f.local(p.cell.at(row.add(unit))), cell, left);
            const output = pairOf(f, (v) => out[v].mul(tanh4(f, cell[v])));
            store(f.local(p.output.at(row.add(unit))), output, left);
            storePacked(packedPlace(f, p, write, b, hidden).at(unit.mul(width)), output, left);
          },
        };
      };
    });
  },
  { scratchBytes: sumsBytes },
);

/**
 * Steps backward; a group is 16 hidden units. Steps are counted from the last one in time; one more, where it is asked
 * for, writes the gradient of the initial output to `initialHGrad`. `lastGrad`, `zeros`, `initialC`, `initialHGrad` and
 * `initialCGrad` are [B, H]; the last is read and written, and holds the gradient of the cell meanwhile.
 */
export const backwardSteps: Kernel = kernel(
  "lstmStepsGrad",
  {
    ...common,
    outputGrad: ptr,
    lastGrad: ptr,
    zeros: ptr,
    panels: ptr,
    cell: ptr,
    initialC: ptr,
    activations: ptr,
    gatesGrad: ptr,
    initialHGrad: ptr,
    initialCGrad: ptr,
  },
  (f, p, range) => {
    const { hidden, steps } = p;
    const width = tileRows(f.fma);
    const one = f.constant(1);
    const stride = f.local(steps.mul(hidden));
    forBlocks(f, p, range, backwardColumns, backwardColumns, (back, { load, store, storePacked }) => {
      const n = f.local(steps.sub(1).sub(back));
      const at = f.local(placeOf(f, p, n).mul(hidden));
      const [isLast, passOn, isFirst] = [f.local(back.eq(0)), f.local(n.lt(0)), f.local(n.le(0))];
      const grad = f.local(passOn.select(p.zeros, isLast.select(p.lastGrad, p.outputGrad.at(at))));
      const gradStride = f.local(isLast.or(passOn).select(hidden, stride));
      const beforeC = f.local(isFirst.select(p.initialC, p.cell.at(placeOf(f, p, n.sub(1)).mul(hidden))));
      const beforeStride = f.local(isFirst.select(hidden, stride));
      const stateGrad = f.local(passOn.select(p.initialHGrad, p.initialCGrad));
      const { read, write } = packedOf(f, p, back);
      const count = f.local(hidden.mul(4));
      return (group) => {
        const first = f.local(group.mul(backwardColumns));
        const units = [0, 1].map((half) => {
          const unit = f.local(first.add(8 * half));
          return { unit, left: f.local(hidden.sub(unit)) };
        });
        const passBack = (b: Int, packed: Pointer, half: number, unitGrad: Pair): void => {
          const { unit, left } = units[half];
          const row = f.local(b.mul(stride).add(at));
          const cellGrad = f.local(stateGrad.at(b.mul(hidden).add(unit)));
          f.if(
            passOn,
            () => store(cellGrad, unitGrad, left),
            () => {
              const gates = [0, 1, 2, 3].map((gate) => f.local(row.mul(4).add(hidden.mul(gate)).add(unit)));
              const [i, k, c, o] = gates.map((place) => load(f.local(p.activations.at(place)), left));
              const before = load(f.local(beforeC.at(b.mul(beforeStride).add(unit))), left);
              const cell = load(f.local(p.cell.at(row.add(unit))), left);
              const squashed = pairOf(f, (v) => tanh4(f, cell[v]));
              const cellGradBefore = load(cellGrad, left);
              const inner = pairOf(f, (v) =>
                f.mulAdd(unitGrad[v].mul(o[v]), one.sub(squashed[v].mul(squashed[v])), cellGradBefore[v]),
              );
              const results = [
                pairOf(f, (v) => inner[v].mul(c[v]).mul(i[v]).mul(one.sub(i[v]))),
                pairOf(f, (v) => inner[v].mul(before[v]).mul(k[v]).mul(one.sub(k[v]))),
                pairOf(f, (v) => inner[v].mul(i[v]).mul(one.sub(c[v].mul(c[v])))),
                pairOf(f, (v) => unitGrad[v].mul(squashed[v]).mul(o[v]).mul(one.sub(o[v]))),
              ];
              for (const [gate, pair] of results.entries()) {
                store(f.local(p.gatesGrad.at(gates[gate])), pair, left);
                storePacked(packed.at(hidden.mul(gate).add(unit).mul(width)), pair, left);
              }
              store(
                cellGrad,
                pairOf(f, (v) => inner[v].mul(k[v])),
                left,
              );
            },
          );
        };
        return {
          panel: f.local(p.panels.at(first.mul(hidden).mul(4))),
          count,
          multiply: isLast.eq(0),
          packed: read,
          panelSamples: p.panelSamples,
          given: (b) => units.flatMap(({ unit, left }) => load(f.local(grad.at(b.mul(gradStride).add(unit))), left)),
          finish: (b, sums) => {
            const packed = packedPlace(f, p, write, b, count);
            for (const half of [0, 1]) passBack(b, packed, half, [sums[2 * half], sums[2 * half + 1]]);
          },
        };
      };
    });
  },
  { scratchBytes: sumsBytes },
);
