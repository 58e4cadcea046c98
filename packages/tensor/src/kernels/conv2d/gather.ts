import {
  type F32x4,
  type FunctionBuilder,
  f32,
  f32x4,
  i32,
  type Kernel,
  type Pointer,
  ptr,
  type Subroutine,
  type Words,
} from "../../wasm/index.js";
import { type MultiplyParams, multiplyKernel } from "../gemm/multiply.js";

type GatherParams = Words<
  never,
  | "channels"
  | "tapsX"
  | "firstY"
  | "firstX"
  | "stepY"
  | "stepX"
  | "scaleY"
  | "scaleX"
  | "divideY"
  | "divideX"
  | "sourceHeight"
  | "sourceWidth"
  | "targetWidth"
>;

const gatherParams: GatherParams = {
  channels: i32,
  tapsX: i32,
  firstY: i32,
  firstX: i32,
  stepY: i32,
  stepX: i32,
  scaleY: i32,
  scaleX: i32,
  divideY: i32,
  divideX: i32,
  sourceHeight: i32,
  sourceWidth: i32,
  targetWidth: i32,
};

/**
 * The product of a packed left matrix with the patches of an image, which are packed as they are needed (im2col that
 * is never stored). K counts (tap row, tap column, channel), columns count positions (y, x) of the target plane.
 * Tap (i, j) of position y reads source row (y * scaleY + firstY + i * stepY) / divideY where that is whole and inside,
 * and 0 elsewhere; columns likewise. `rightStep` is the bytes of a source plane.
 */
export const gatherMultiply: Kernel<GatherParams & MultiplyParams> = multiplyKernel(
  "convolution",
  gatherParams,
  (f, p, r) => {
    const { tileColumns } = f;
    const panel = defineGather(f);
    const target = f.local(r.target);
    const image = f.local(p.right.plus(r.batch.mul(p.rightBatch)));
    f.forRange(
      0,
      r.count,
      (j) => {
        const rest = f.local(r.count.sub(j));
        const lanes = f.local(rest.min(tileColumns));
        const column = f.local(r.first.add(j));
        const step = f.local(r.step);
        const left = f.local(r.steps);
        f.while(left.gt(0), () => {
          const tap = f.local(step.div(p.channels));
          const channel = f.local(step.rem(p.channels));
          const run = f.local(p.channels.sub(channel));
          run.set(run.min(left));
          f.call(panel, {
            source: image.plus(channel.mul(p.rightStep)),
            planeBytes: p.rightStep,
            steps: run,
            target,
            lanes,
            y: column.div(p.targetWidth),
            x: column.rem(p.targetWidth),
            shiftY: tap.div(p.tapsX).mul(p.stepY).add(p.firstY),
            shiftX: tap.rem(p.tapsX).mul(p.stepX).add(p.firstX),
            scaleY: p.scaleY,
            scaleX: p.scaleX,
            divideY: p.divideY,
            divideX: p.divideX,
            height: p.sourceHeight,
            width: p.sourceWidth,
            targetWidth: p.targetWidth,
          });
          target.advance(run.mul(tileColumns));
          step.advance(run);
          left.set(left.sub(run));
        });
      },
      tileColumns,
    );
  },
);

const panelParams = {
  source: ptr,
  planeBytes: i32,
  steps: i32,
  target: ptr,
  lanes: i32,
  y: i32,
  x: i32,
  shiftY: i32,
  shiftX: i32,
  scaleY: i32,
  scaleX: i32,
  divideY: i32,
  divideX: i32,
  height: i32,
  width: i32,
  targetWidth: i32,
} as const;

/** Four floats from element `first` on, side by side or every other one. */
const fourOf = (from: Pointer, first: number, scale: 1 | 2): F32x4 =>
  scale === 1 ? from.load4(first) : f32x4.shuffle(from.load4(first), from.load4(first + 4), [0, 2, 4, 6]);

/** Packs the positions of a panel for one tap, for some channels. */
function defineGather(f: FunctionBuilder): Subroutine<typeof panelParams> {
  return f.subroutine("gatherPanel", panelParams, (g, p) => {
    const { tileColumns } = f;
    const { source, steps, target, y, x } = p;
    const top = g.local(y.mul(p.scaleY).add(p.shiftY));
    const left = g.local(x.mul(p.scaleX).add(p.shiftX));
    const oneRow = p.lanes.eq(tileColumns).and(x.add(tileColumns).le(p.targetWidth));
    const undivided = p.divideY.eq(1).and(p.divideX.eq(1));
    const inside = top.ge(0).and(top.lt(p.height)).and(left.ge(0));
    const whole = g.local(oneRow.and(undivided).and(inside));
    for (const scale of [1, 2] as const) {
      const insideX = left.add(scale * tileColumns).le(p.width);
      g.if(whole.and(p.scaleX.eq(scale)).and(insideX), () => {
        const from = g.local(source.at(top.mul(p.width).add(left)));
        g.times(steps, () => {
          for (let first = 0; first < tileColumns; first += 4) {
            g.store(target, fourOf(from, scale * first, scale), first);
          }
          from.set(from.plus(p.planeBytes));
          target.advance(tileColumns);
        });
        g.return();
      });
    }

    // Position by position; what lies outside reads the first element of the plane and becomes 0.
    const lanes = Array.from({ length: tileColumns }, (_, lane) => {
      const row = g.local(y.mul(p.scaleY).add(p.shiftY));
      const column = g.local(x.mul(p.scaleX).add(p.shiftX));
      const divides = row.rem(p.divideY).eq(0).and(column.rem(p.divideX).eq(0));
      const notBefore = row.ge(0).and(column.ge(0)).and(p.lanes.gt(lane));
      const present = g.local(divides.and(notBefore));
      row.set(row.div(p.divideY));
      column.set(column.div(p.divideX));
      present.set(present.and(row.lt(p.height)).and(column.lt(p.width)));
      const from = g.local(source.at(present.select(row.mul(p.width).add(column), i32.of(0))));
      x.set(x.add(1));
      g.if(x.eq(p.targetWidth), () => {
        x.set(0);
        y.advance(1);
      });
      return { present, from };
    });
    g.times(steps, () => {
      lanes.forEach(({ present, from }, lane) => {
        g.store(target, present.select(from.load(), f32.of(0)), lane);
        from.set(from.plus(p.planeBytes));
      });
      target.advance(tileColumns);
    });
  });
}
