import {
  type F32x4,
  type FunctionBuilder,
  f32x4,
  type Int,
  i32,
  type Pointer,
  ptr,
  type Subroutine,
  type Words,
} from "../../../wasm/index.js";
import { inverseReal, transform, transformReal, transposed } from "./fourier.js";

/** Height and width of a tile. */
export const TILE = 16;
/** Columns of its spectrum that are not the conjugates of others. */
const HALF = TILE / 2 + 1;
/** Numbers of a tile's spectrum that are kept. */
export const FREQUENCIES: number = TILE * HALF;

const TILE_FLOATS = TILE * TILE;
const ROW_FLOATS = 8 * HALF;
/** Scratch memory: four tiles, and their half-way results, as complex numbers of four tiles. */
const HALFWAY = 4 * TILE_FLOATS;
export const SCRATCH_BYTES: number = 4 * (HALFWAY + TILE * ROW_FLOATS);

/** The place of tile `lane` in scratch memory. */
export const tileAt = (scratch: Pointer, lane: number): Pointer => scratch.at(TILE_FLOATS * lane);

type ForwardParams = Words<
  "scratch" | "source0" | "source1" | "source2" | "source3" | "to",
  "pitch0" | "pitch1" | "pitch2" | "pitch3" | "frequencyBytes" | "offset1" | "offset2" | "offset3"
>;

const forwardParams: ForwardParams = {
  scratch: ptr,
  source0: ptr,
  source1: ptr,
  source2: ptr,
  source3: ptr,
  pitch0: i32,
  pitch1: i32,
  pitch2: i32,
  pitch3: i32,
  to: ptr,
  frequencyBytes: i32,
  offset1: i32,
  offset2: i32,
  offset3: i32,
};

/** What of a spectrum is written: at `to` plus 0, `offset1`, `offset2` and `offset3`. */
export type Written = readonly ("re" | "im" | "-im")[];

/**
 * Defines the transform of four tiles, each with its place and the bytes between its rows. Frequency (y, x) of all four
 * is written to `to` plus (y · 9 + x) times `frequencyBytes`.
 */
export function defineForward(f: FunctionBuilder, written: Written): Subroutine<ForwardParams> {
  return f.subroutine("transformTiles", forwardParams, (g, p) => {
    const sources = [p.source0, p.source1, p.source2, p.source3];
    const pitches = [p.pitch0, p.pitch1, p.pitch2, p.pitch3];
    const row = g.local(p.scratch.at(HALFWAY));
    g.times(TILE, () => {
      const pixels = [0, 4, 8, 12].flatMap((x) =>
        transposed(
          g,
          sources.map((source) => g.local(source.load4(x))),
        ),
      );
      transformReal(g, pixels).forEach(({ re, im }, k) => {
        g.store(row, re ?? f32x4.zero, 8 * k);
        g.store(row, im ?? f32x4.zero, 8 * k + 4);
      });
      for (const [lane, source] of sources.entries()) source.set(source.plus(pitches[lane]));
      row.advance(ROW_FLOATS);
    });
    const column = g.local(p.scratch.at(HALFWAY));
    g.times(HALF, () => {
      const values = Array.from({ length: TILE }, (_, y) => ({
        re: g.local(column.load4(ROW_FLOATS * y)),
        im: g.local(column.load4(ROW_FLOATS * y + 4)),
      }));
      const at = g.local(p.to);
      for (const { re, im } of transform(g, values, -1)) {
        const parts: Record<Written[number], F32x4> = {
          re: re ?? f32x4.zero,
          im: im ?? f32x4.zero,
          "-im": im?.neg() ?? f32x4.zero,
        };
        for (const [i, what] of written.entries()) {
          g.store(i === 0 ? at : at.plus([p.offset1, p.offset2, p.offset3][i - 1]), parts[what]);
        }
        at.set(at.plus(p.frequencyBytes.mul(HALF)));
      }
      column.advance(8);
      p.to.set(p.to.plus(p.frequencyBytes));
    });
  });
}

type InverseParams = Words<"scratch" | "from", "frequencyBytes" | "imaginaryBytes" | "rows">;

const inverseParams: InverseParams = { scratch: ptr, from: ptr, frequencyBytes: i32, imaginaryBytes: i32, rows: i32 };

/**
 * Defines the inverse of four spectra, whose imaginary parts lie `imaginaryBytes` behind the real ones: the first `rows`
 * rows of four tiles, in scratch memory.
 */
export function defineInverse(f: FunctionBuilder): Subroutine<InverseParams> {
  return f.subroutine("inverseTiles", inverseParams, (g, p) => {
    const column = g.local(p.scratch.at(HALFWAY));
    g.times(HALF, () => {
      const at = g.local(p.from);
      const values = Array.from({ length: TILE }, () => {
        const value = { re: g.local(at.load4()), im: g.local(at.plus(p.imaginaryBytes).load4()) };
        at.set(at.plus(p.frequencyBytes.mul(HALF)));
        return value;
      });
      transform(g, values, 1).forEach(({ re, im }, y) => {
        g.store(column, re ?? f32x4.zero, ROW_FLOATS * y);
        g.store(column, im ?? f32x4.zero, ROW_FLOATS * y + 4);
      });
      column.advance(8);
      p.from.set(p.from.plus(p.frequencyBytes));
    });
    const row = g.local(p.scratch.at(HALFWAY));
    const target = g.local(p.scratch);
    g.times(p.rows, () => {
      const spectrum = Array.from({ length: HALF }, (_, k) => ({
        re: g.local(row.load4(8 * k)),
        im: g.local(row.load4(8 * k + 4)),
      }));
      const scale = f32x4.splat(1 / TILE_FLOATS);
      const pixels = inverseReal(g, spectrum).map((value) => g.local(value.mul(scale)));
      for (const x of [0, 4, 8, 12]) {
        for (const [lane, four] of transposed(g, pixels.slice(x, x + 4)).entries()) {
          g.store(tileAt(target, lane), four, x);
        }
      }
      row.advance(ROW_FLOATS);
      target.advance(TILE);
    });
  });
}

/** Copies a rectangle, row by row; nothing if it is empty. Pitches in floats. */
export function copyRows(
  f: FunctionBuilder,
  from: { readonly at: Pointer; readonly pitch: Int | number },
  to: { readonly at: Pointer; readonly pitch: Int | number },
  size: { readonly rows: Int; readonly columns: Int },
): void {
  f.if(size.columns.gt(0), () => {
    const [source, target] = [f.local(from.at), f.local(to.at)];
    f.times(size.rows, () => {
      f.copyBytes(target, source, size.columns.shl(2));
      source.advance(from.pitch);
      target.advance(to.pitch);
    });
  });
}
