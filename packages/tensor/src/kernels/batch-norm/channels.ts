import type { Shape } from "../../shape.js";
import {
  type Double,
  type F32x4,
  type FunctionBuilder,
  type Int,
  i32,
  type Local,
  type Pointer,
  type Words,
} from "../../wasm/index.js";
import { accumulators, forVectors, type Lanes, total } from "../lanes.js";

// One unit of work is a group of channels: small enough for the second and third pass over it to read from the cache, and
// large enough for each image to hold a stretch of it that memory gives quickly.

/** Bytes of the arrays of a group, in a second-level cache of half a mebibyte or more. */
const GROUP_BYTES = 1 << 19;
const MOST_CHANNELS = 32;
/** Enough to keep several threads busy to the end. */
const WANTED_GROUPS = 16;
/** Two sums of float64 for every channel of a group. */
export const scratchBytes: number = 16 * MOST_CHANNELS;
/** Sums in float32 are this long before they go into a float64. */
const chunk = 1024;
/** Vectors that are worked on at a time. */
export const unroll = 4;

/** How a tensor [images, channels, inner] lies, and how many channels a group has. */
export const layout: Words<never, "images" | "channels" | "inner" | "group"> = {
  images: i32,
  channels: i32,
  inner: i32,
  group: i32,
};
/** `layout` as a kernel sees it. */
export type Layout = { readonly [K in keyof typeof layout]: Int };

/** Channels [first, end). */
export interface Group {
  readonly first: Local<Int>;
  readonly end: Local<Int>;
}

/** Channels of a group, for a kernel that passes over `arrays` arrays of the input's size. */
export function groupOf([images, channels, inner]: Shape, arrays: number): number {
  const fitting = Math.floor(GROUP_BYTES / (4 * arrays * Math.max(1, images * inner)));
  return Math.max(1, Math.min(fitting, Math.ceil(channels / WANTED_GROUPS), MOST_CHANNELS));
}

/** Visits the groups that a range counts. */
export function forGroups(
  f: FunctionBuilder,
  { channels, group }: Layout,
  { start, end }: { readonly start: Int; readonly end: Int },
  visit: (group: Group) => void,
): void {
  f.forRange(start, end, (index) => {
    const first = f.local(index.mul(group));
    const last = f.local(first.add(group));
    last.set(last.min(channels));
    visit({ first, end: last });
  });
}

/** Visits the rows of a group's channels, image by image, with their distance from the start of the tensor in elements. */
export function forRows(
  f: FunctionBuilder,
  { first, end }: Group,
  { images, channels, inner }: Layout,
  visit: (c: Local<Int>, row: Local<Int>) => void,
): void {
  const image = f.local(first.mul(inner));
  f.times(images, () => {
    const row = f.local(image);
    f.forRange(first, end, (c) => {
      visit(c, row);
      row.advance(inner);
    });
    image.advance(channels.mul(inner));
  });
}

/**
 * Sums over the channels of a group, in float64, of what `terms` gives for four elements of `arrays`; 0 for lanes behind
 * the end. `totals` has room for them, and the result reads them.
 */
export function channelSums(
  f: FunctionBuilder,
  group: Group,
  at: Layout,
  arrays: readonly Pointer[],
  sums: number,
  terms: (c: Local<Int>) => (lanes: Lanes) => F32x4[],
  totals: Pointer,
): (c: Int) => Double[] {
  const totalOf = (c: Int): Pointer => totals.plus(c.sub(group.first).mul(8 * sums));
  f.zeroBytes(totals, group.end.sub(group.first).mul(8 * sums));
  forRows(f, group, at, (c, row) => {
    const total64 = f.local(totalOf(c));
    const results = Array.from({ length: sums }, (_, k) => f.local(total64.loadDouble(k)));
    const of = terms(c);
    f.forRange(
      0,
      at.inner,
      (begin) => {
        const partial = results.map(() => accumulators(f, unroll));
        const pointers = arrays.map((array) => array.at(row.add(begin)));
        const left = f.local(at.inner.sub(begin));
        const body = (lanes: Lanes): void => {
          for (const [k, term] of of(lanes).entries()) {
            const sum = partial[k][lanes.turn];
            sum.set(sum.add(term));
          }
        };
        forVectors(f, f.local(left.min(chunk)), pointers, body, unroll);
        for (const [k, result] of results.entries()) result.set(result.add(f.sum(total(f, partial[k])).toDouble()));
      },
      chunk,
    );
    for (const [k, result] of results.entries()) f.store(total64, result, k);
  });
  return (c) => Array.from({ length: sums }, (_, k) => totalOf(c).loadDouble(k));
}
