import { i32, type Kernel, kernel, ptr, type Words } from "../../wasm/index.js";
import { type MultiplyParams, multiplyKernel } from "../gemm/multiply.js";

type WindowParams = Words<
  never,
  | "imageBytes"
  | "tapsX"
  | "firstY"
  | "firstX"
  | "dilationY"
  | "dilationX"
  | "strideY"
  | "strideX"
  | "inputHeight"
  | "inputWidth"
  | "outWidth"
  | "positions"
>;

const windowParams: WindowParams = {
  imageBytes: i32,
  tapsX: i32,
  firstY: i32,
  firstX: i32,
  dilationY: i32,
  dilationX: i32,
  strideY: i32,
  strideX: i32,
  inputHeight: i32,
  inputWidth: i32,
  outWidth: i32,
  positions: i32,
};

/**
 * The gradient of a convolution's weight, tap by tap: the batch counts taps, columns count input channels, and K counts
 * (image, output position). The right matrix is what the tap reads, packed as it is needed; `rightStep` is the bytes
 * of an input plane.
 */
export const windowMultiply: Kernel<WindowParams & MultiplyParams> = multiplyKernel(
  "convolutionWeightGrad",
  windowParams,
  (f, p, r, pack) => {
    const { tileColumns } = f;
    const target = f.local(r.target);
    const shiftY = f.local(r.batch.div(p.tapsX).mul(p.dilationY).add(p.firstY));
    const shiftX = f.local(r.batch.rem(p.tapsX).mul(p.dilationX).add(p.firstX));
    // Output columns [from, to) read inside of the input.
    const from = f.local(p.strideX.sub(1).sub(shiftX).div(p.strideX));
    from.set(shiftX.lt(0).select(from, i32.of(0)));
    const to = f.local(p.inputWidth.sub(1).sub(shiftX));
    to.set(to.lt(0).select(i32.of(0), to.div(p.strideX).add(1)));
    f.forRange(
      0,
      r.count,
      (j) => {
        const rest = f.local(r.count.sub(j));
        const lanes = f.local(rest.min(tileColumns));
        const channel = f.local(p.right.plus(r.first.add(j).mul(p.rightStep)));
        const step = f.local(r.step);
        const left = f.local(r.steps);
        f.while(left.gt(0), () => {
          const position = f.local(step.rem(p.positions));
          const x = f.local(position.rem(p.outWidth));
          const run = f.local(p.outWidth.sub(x));
          run.set(run.min(left));
          const y = f.local(position.div(p.outWidth).mul(p.strideY).add(shiftY));
          const inside = y.ge(0).and(y.lt(p.inputHeight));
          const first = f.local(from.sub(x));
          first.set(first.max(0));
          first.set(first.min(run));
          const last = f.local(to.sub(x));
          last.set(last.min(run));
          last.set(last.max(first));
          last.set(inside.select(last, first));
          f.zeroBytes(target, first.mul(4 * tileColumns));
          f.call(pack, {
            source: channel
              .plus(step.div(p.positions).mul(p.imageBytes))
              .at(y.mul(p.inputWidth).add(x.add(first).mul(p.strideX)).add(shiftX)),
            laneBytes: p.rightStep,
            stepBytes: p.strideX.shl(2),
            steps: last.sub(first),
            target: target.at(first.mul(tileColumns)),
            lanes,
          });
          f.zeroBytes(target.at(last.mul(tileColumns)), run.sub(last).mul(4 * tileColumns));
          target.advance(run.mul(tileColumns));
          step.advance(run);
          left.set(left.sub(run));
        });
      },
      tileColumns,
    );
  },
);

/** Sorts gradients [tap][rows][columns] of some taps into [rows][columns][all taps]. Its range counts rows x columns. */
export const scatterTaps: Kernel<
  Words<"from" | "to", "size" | "taps" | "tapsX" | "firstY" | "firstX" | "width" | "all">
> = kernel(
  "scatterTaps",
  { from: ptr, to: ptr, size: i32, taps: i32, tapsX: i32, firstY: i32, firstX: i32, width: i32, all: i32 },
  (f, p, { start, end }) => {
    f.forRange(start, end, (i) => {
      const to = f.local(p.to.at(i.mul(p.all)));
      const from = f.local(p.from.at(i));
      f.zeroBytes(to, p.all.shl(2));
      f.forRange(0, p.taps, (tap) => {
        const y = tap.div(p.tapsX).add(p.firstY);
        const x = tap.rem(p.tapsX).add(p.firstX);
        f.store(to.at(y.mul(p.width).add(x)), from.load());
        from.set(from.at(p.size));
      });
    });
  },
);
