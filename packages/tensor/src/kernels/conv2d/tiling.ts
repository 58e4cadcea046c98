import { parallelFor } from "../../cpu/threads.js";
import { withFloats } from "../../cpu/with-floats.js";
import { f32x4, i32, type Kernel, kernel, ptr, type Words } from "../../wasm/index.js";
import { simdGemm } from "../gemm/simd.js";
import { type ConvShape, groupSizes } from "./geometry.js";

/**
 * True where the patches that a kernel of several taps reads lie side by side and cover its input, as those of a DB head's
 * transposed convolutions. Such a convolution is a matrix product over patches: every element is read by one tap.
 */
export function isTiling(s: ConvShape): boolean {
  const along = (axis: 0 | 1, taps: number, size: number, out: number): boolean =>
    s.stride[axis] === taps && s.padding[axis] === 0 && (taps === 1 || s.dilation[axis] === 1) && size === out * taps;
  if (s.kernelHeight * s.kernelWidth === 1) return false;
  return along(0, s.kernelHeight, s.height, s.outHeight) && along(1, s.kernelWidth, s.width, s.outWidth);
}

type Sorting = Kernel<Words<"planes" | "patches", "height" | "width" | "kernelHeight" | "kernelWidth">>;

/**
 * Sorts planes [C, H, W] into patches [C · taps, H / kh, W / kw], or back. The range counts rows of the planes.
 */
function sorting(name: string, direction: "to patches" | "to planes"): Sorting {
  const words = { planes: ptr, patches: ptr, height: i32, width: i32, kernelHeight: i32, kernelWidth: i32 };
  const forth = direction === "to patches";
  return kernel(name, words, (f, { planes, patches, height, width, kernelHeight, kernelWidth }, { start, end }) => {
    const outWidth = f.local(width.div(kernelWidth));
    const outPlane = f.local(height.div(kernelHeight).mul(outWidth));
    f.forRange(start, end, (row) => {
      const y = f.local(row.rem(height));
      const tap = f.local(row.div(height).mul(kernelHeight).add(y.rem(kernelHeight)).mul(kernelWidth));
      const plane = f.local(planes.at(row.mul(width)));
      const patch = f.local(patches.at(tap.mul(outPlane).add(y.div(kernelHeight).mul(outWidth))));
      const left = f.local(outWidth);
      f.if(kernelWidth.eq(2), () => {
        const odd = f.local(patch.at(outPlane));
        f.times(outWidth.shr(2), () => {
          const [a, b] = forth ? [plane.load4(), plane.load4(4)] : [patch.load4(), odd.load4()];
          const pair = [f.local(a), f.local(b)] as const;
          const [first, second] = forth
            ? [f32x4.shuffle(...pair, [0, 2, 4, 6]), f32x4.shuffle(...pair, [1, 3, 5, 7])]
            : [f32x4.shuffle(...pair, [0, 4, 1, 5]), f32x4.shuffle(...pair, [2, 6, 3, 7])];
          f.store(forth ? patch : plane, first);
          if (forth) f.store(odd, second);
          else f.store(plane, second, 4);
          plane.advance(8);
          patch.advance(4);
          odd.advance(4);
        });
        left.set(outWidth.and(3));
      });
      f.times(left, () => {
        const at = f.local(patch);
        f.times(kernelWidth, () => {
          if (forth) f.store(at, plane.load());
          else f.store(plane, at.load());
          plane.advance(1);
          at.set(at.at(outPlane));
        });
        patch.advance(1);
      });
    });
  });
}

const toPatches = sorting("toPatches", "to patches");
const toPlanes = sorting("toPlanes", "to planes");

/** Rows that are worth sorting in another thread, in elements. */
const GRAIN = 1 << 14;

/** Calls `work` for every image with memory that holds its patches, and the addresses of its planes and of its output. */
function forImages(
  s: ConvShape,
  planes: number,
  output: number,
  work: (patches: number, planes: number, output: number, image: number) => void,
): void {
  const { plane, outPlane } = groupSizes(s);
  const [image, result] = [s.channels * plane, s.outChannels * outPlane];
  withFloats([image], (patches) => {
    for (let n = 0; n < s.images; n++) work(patches, planes + 4 * n * image, output + 4 * n * result, n);
  });
}

function sort(how: Sorting, s: ConvShape, planes: number, patches: number): void {
  const { height, width, kernelHeight, kernelWidth } = s;
  const rows = s.channels * height;
  parallelFor(how, { planes, patches, height, width, kernelHeight, kernelWidth }, rows, Math.ceil(GRAIN / width));
}

/** Calls `multiply` for every group with its sizes, and how far its weights, patches and outputs lie from the first. */
function forGroups(
  s: ConvShape,
  multiply: (group: {
    readonly rows: number;
    readonly outChannels: number;
    readonly weight: number;
    readonly patch: number;
    readonly out: number;
  }) => void,
): void {
  const { channels, outChannels, taps, outPlane, weights } = groupSizes(s);
  const rows = channels * taps;
  for (let g = 0; g < s.groups; g++) {
    const [weight, patch, out] = [weights, rows * outPlane, outChannels * outPlane].map((n) => 4 * g * n);
    multiply({ rows, outChannels, weight, patch, out });
  }
}

/** Convolution whose patches cover its input, see `isTiling`. Addresses in bytes. */
export function tilingConv2d(
  s: ConvShape,
  input: number,
  weight: number,
  bias: number | undefined,
  output: number,
): void {
  const n = groupSizes(s).outPlane;
  forImages(s, input, output, (patches, planes, result) => {
    sort(toPatches, s, planes, patches);
    forGroups(s, ({ rows, outChannels, weight: w, patch, out }) => {
      const left = { a: weight + w, aRow: rows, aCol: 1 };
      const right = { b: patches + patch, bRow: n, bCol: 1 };
      const target = { c: result + out, cRow: n, bias: bias && bias + out / n, biasAxis: "row" as const };
      simdGemm({ m: outChannels, n, k: rows, ...left, ...right, ...target });
    });
  });
}

/** Gradient of its input. */
export function tilingInputGrad(s: ConvShape, grad: number, weight: number, input: number): void {
  const n = groupSizes(s).outPlane;
  forImages(s, input, grad, (patches, planes, given) => {
    forGroups(s, ({ rows, outChannels, weight: w, patch, out }) => {
      const left = { a: weight + w, aRow: 1, aCol: rows };
      const right = { b: given + out, bRow: n, bCol: 1 };
      simdGemm({ m: rows, n, k: outChannels, c: patches + patch, cRow: n, ...left, ...right });
    });
    sort(toPlanes, s, planes, patches);
  });
}

/** Gradient of its weight, summed over images in order. */
export function tilingWeightGrad(s: ConvShape, input: number, grad: number, weight: number): void {
  const k = groupSizes(s).outPlane;
  forImages(s, input, grad, (patches, planes, given, image) => {
    sort(toPatches, s, planes, patches);
    forGroups(s, ({ rows, outChannels, weight: w, patch, out }) => {
      const left = { a: given + out, aRow: k, aCol: 1 };
      const right = { b: patches + patch, bRow: 1, bCol: k };
      const target = { c: weight + w, cRow: rows, accumulate: image > 0 };
      simdGemm({ m: outChannels, n: rows, k, ...left, ...right, ...target });
    });
  });
}
