import { type F32x4, type FunctionBuilder, f32x4, type Local } from "../../../wasm/index.js";

/** Four numbers side by side; undefined where all are 0, so that nothing is emitted for them. */
type Part = Local<F32x4> | undefined;

/** Four complex numbers. */
export interface Complex {
  readonly re: Part;
  readonly im: Part;
}

function sum(f: FunctionBuilder, a: Part, b: Part): Part {
  return a && b ? f.local(a.add(b)) : (a ?? b);
}

function difference(f: FunctionBuilder, a: Part, b: Part): Part {
  if (a && b) return f.local(a.sub(b));
  return a ?? (b && f.local(b.neg()));
}

const add = (f: FunctionBuilder, a: Complex, b: Complex): Complex => ({
  re: sum(f, a.re, b.re),
  im: sum(f, a.im, b.im),
});
const sub = (f: FunctionBuilder, a: Complex, b: Complex): Complex => ({
  re: difference(f, a.re, b.re),
  im: difference(f, a.im, b.im),
});
const conj = (f: FunctionBuilder, { re, im }: Complex): Complex => ({ re, im: difference(f, undefined, im) });

/** `x` turned by `turns` of a circle, a multiple of 1/16. */
function turn(f: FunctionBuilder, { re, im }: Complex, turns: number): Complex {
  const quarters = 4 * (turns - Math.floor(turns));
  if (quarters === 0) return { re, im };
  if (quarters === 1) return { re: difference(f, undefined, im), im: re };
  if (quarters === 2) return { re: difference(f, undefined, re), im: difference(f, undefined, im) };
  if (quarters === 3) return { re: im, im: difference(f, undefined, re) };
  const [cosine, sine] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
  const times = (part: Part, factor: number): Part => part && f.local(part.mul(f.constant(factor)));
  return {
    re: difference(f, times(re, cosine), times(im, sine)),
    im: sum(f, times(re, sine), times(im, cosine)),
  };
}

const evens = <T>(list: readonly T[]): T[] => list.filter((_, i) => i % 2 === 0);
const odds = <T>(list: readonly T[]): T[] => list.filter((_, i) => i % 2 === 1);

/**
 * Emits a discrete Fourier transform of a power of two of complex numbers, Σ x[j] exp(∓2πi j k / n), by halves.
 * `direction` -1 is the transform and 1 its inverse times n. Source: Cooley and Tukey 1965.
 */
export function transform(f: FunctionBuilder, x: readonly Complex[], direction: -1 | 1): Complex[] {
  const n = x.length;
  if (n === 1) return [...x];
  const [even, odd] = [evens(x), odds(x)].map((half) => transform(f, half, direction));
  const turned = odd.map((value, k) => turn(f, value, (direction * k) / n));
  return [...turned.map((value, k) => add(f, even[k], value)), ...turned.map((value, k) => sub(f, even[k], value))];
}

/** The first n / 2 + 1 numbers of the transform of n real ones; the others are their conjugates. */
export function transformReal(f: FunctionBuilder, x: readonly Local<F32x4>[]): Complex[] {
  const n = x.length;
  if (n === 1) return [{ re: x[0], im: undefined }];
  const [even, odd] = [evens(x), odds(x)].map((half) => transformReal(f, half));
  const result = new Array<Complex>(n / 2 + 1);
  for (let k = 0; k <= n / 4; k++) {
    const turned = turn(f, odd[k], -k / n);
    result[k] = add(f, even[k], turned);
    if (k < n / 4) result[n / 2 - k] = conj(f, sub(f, even[k], turned));
  }
  return result;
}

/** The n real numbers, times n, whose transform begins with these n / 2 + 1; the first and the last of them are real. */
export function inverseReal(f: FunctionBuilder, spectrum: readonly Complex[]): Local<F32x4>[] {
  const n = 2 * (spectrum.length - 1);
  const real = ({ re }: Complex): Complex => ({ re, im: undefined });
  const at = (k: number): Complex => (k === 0 || k === n / 2 ? real(spectrum[k]) : spectrum[k]);
  if (n === 2) {
    const [first, second] = [at(0), at(1)];
    return [add(f, first, second).re, sub(f, first, second).re] as Local<F32x4>[];
  }
  const [even, odd] = [new Array<Complex>(n / 4 + 1), new Array<Complex>(n / 4 + 1)];
  for (let k = 0; k <= n / 4; k++) {
    const mirrored = conj(f, at(n / 2 - k));
    even[k] = add(f, at(k), mirrored);
    odd[k] = turn(f, sub(f, at(k), mirrored), k / n);
  }
  const [first, second] = [inverseReal(f, even), inverseReal(f, odd)];
  return first.flatMap((value, i) => [value, second[i]]);
}

/** Four vectors of four numbers as the columns of what they are the rows of. */
export function transposed(f: FunctionBuilder, [a, b, c, d]: readonly Local<F32x4>[]): Local<F32x4>[] {
  const pairs = (x: F32x4, y: F32x4, high: boolean): Local<F32x4> =>
    f.local(f32x4.shuffle(x, y, high ? [2, 6, 3, 7] : [0, 4, 1, 5]));
  return [false, true].flatMap((high) => {
    const [left, right] = [pairs(a, b, high), pairs(c, d, high)];
    return [f.local(f32x4.shuffle(left, right, [0, 1, 4, 5])), f.local(f32x4.shuffle(left, right, [2, 3, 6, 7]))];
  });
}
