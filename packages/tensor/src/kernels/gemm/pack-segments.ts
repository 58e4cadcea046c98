import type { FunctionBuilder, Int, Local, Pointer } from "../../wasm/index.js";
import type { PackRequest } from "./multiply.js";
import type { Pack } from "./pack.js";

/** A matrix whose lanes, rows or columns, have K of their numbers in each of some segments. Strides are bytes. */
export interface Segments {
  readonly matrix: Pointer;
  readonly lane: Int;
  readonly step: Int;
  readonly segment: Int;
  readonly k: Int;
}

/** Panels of `width` floats a step, `lanes` of which are used; those for whose lanes `skip` is not 0 are left as they are. */
export interface Panels {
  readonly width: number;
  readonly lanes: Int | number;
  readonly skip?: (lanes: Local<Int>) => Int;
}

/** Emits the packing of some lanes and steps of a matrix into panels. */
export function packSegments(
  f: FunctionBuilder,
  { matrix, lane, step: stepBytes, segment, k }: Segments,
  r: PackRequest,
  { width, lanes: panelLanes, skip }: Panels,
  pack: Pack,
): void {
  const target = f.local(r.target);
  f.forRange(
    0,
    r.count,
    (j) => {
      const rest = f.local(r.count.sub(j));
      const lanes = f.local(rest.min(panelLanes));
      const source = f.local(matrix.plus(r.first.add(j).mul(lane)));
      const left = f.local(r.steps);
      if (skip) {
        f.if(skip(lanes), () => {
          left.set(0);
          target.advance(r.steps.mul(width));
        });
      }
      const step = f.local(r.step);
      f.while(left.gt(0), () => {
        const within = f.local(step.rem(k));
        const run = f.local(k.sub(within));
        run.set(run.min(left));
        f.call(pack, {
          source: source.plus(step.div(k).mul(segment)).plus(within.mul(stepBytes)),
          laneBytes: lane,
          stepBytes,
          steps: run,
          target,
          lanes,
        });
        target.advance(run.mul(width));
        step.advance(run);
        left.set(left.sub(run));
      });
    },
    panelLanes,
  );
}
