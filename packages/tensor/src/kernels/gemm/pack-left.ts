import { parallelFor } from "../../cpu/threads.js";
import { i32, type Kernel, kernel, ptr, type Words } from "../../wasm/index.js";
import { definePack } from "./pack.js";
import { tileRows } from "./tile.js";

type PackLeftParams = Words<
  "a" | "target",
  | "batchBytes"
  | "rowBytes"
  | "stepBytes"
  | "outer"
  | "height"
  | "outerBytes"
  | "inner"
  | "innerBytes"
  | "m"
  | "k"
  | "panels"
  | "panelBytes"
>;

const packLeftParams: PackLeftParams = {
  a: ptr,
  batchBytes: i32,
  rowBytes: i32,
  stepBytes: i32,
  outer: i32,
  outerBytes: i32,
  inner: i32,
  innerBytes: i32,
  m: i32,
  /** Rows of a panel; a panel is as wide as a tile, whatever its height. */
  height: i32,
  k: i32,
  panels: i32,
  panelBytes: i32,
  target: ptr,
};

/**
 * Packs the rows of the left matrix into panels [batch][panel][outer][inner][k][tile rows]. Strides are bytes.
 * Its range counts panels over the whole batch.
 */
const packPanels: Kernel<PackLeftParams> = kernel("gemmPackLeft", packLeftParams, (f, p, { start, end }) => {
  const width = tileRows(f.fma);
  const pack = definePack(f, width);
  f.forRange(start, end, (index) => {
    const first = f.local(index.rem(p.panels).mul(p.height));
    const source = f.local(p.a.plus(index.div(p.panels).mul(p.batchBytes)).plus(first.mul(p.rowBytes)));
    const target = f.local(p.target.plus(index.mul(p.panelBytes)));
    const rest = f.local(p.m.sub(first));
    const lanes = f.local(rest.min(p.height));
    f.forRange(0, p.outer, (i) =>
      f.forRange(0, p.inner, (j) => {
        f.call(pack, {
          source: source.plus(i.mul(p.outerBytes)).plus(j.mul(p.innerBytes)),
          laneBytes: p.rowBytes,
          stepBytes: p.stepBytes,
          steps: p.k,
          target,
          lanes,
        });
        target.set(target.at(p.k.mul(width)));
      }),
    );
  });
});

/** A left matrix [m, outer, inner, k] by strides; K of the product is outer · inner · k. Address in bytes, strides in elements. */
export interface LeftMatrix {
  readonly address: number;
  readonly batch: number;
  readonly row: number;
  readonly step: number;
  readonly outer: number;
  readonly outerStride: number;
  readonly inner: number;
  readonly innerStride: number;
  readonly k: number;
}

/** Where panels of `height` rows go, `panels` for each matrix and `count` in all. */
interface Packing {
  readonly m: number;
  readonly height: number;
  readonly panels: number;
  readonly panelBytes: number;
  readonly packed: number;
  readonly count: number;
}

/** Floats that are worth packing in another thread. */
const GRAIN_PACKED = 1 << 14;

/** Packs the rows of a left matrix into panels, as a tile reads them. */
export function packLeft(left: LeftMatrix, { m, height, panels, panelBytes, packed, count }: Packing): void {
  const args = {
    a: left.address,
    batchBytes: 4 * left.batch,
    rowBytes: 4 * left.row,
    stepBytes: 4 * left.step,
    outer: left.outer,
    outerBytes: 4 * left.outerStride,
    inner: left.inner,
    innerBytes: 4 * left.innerStride,
    m,
    height,
    k: left.k,
    panels,
    panelBytes,
    target: packed,
  };
  parallelFor(packPanels, args, count, Math.max(1, Math.floor((4 * GRAIN_PACKED) / panelBytes)));
}
