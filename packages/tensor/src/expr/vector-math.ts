import { type F32x4, type FunctionBuilder, f32x4, type I32x4 } from "../wasm/index.js";

/** Evaluates c[0] x^n + c[1] x^(n-1) + ... by Horner's rule. */
function polynomial(f: FunctionBuilder, x: F32x4, coefficients: readonly number[]): F32x4 {
  const [first, ...rest] = coefficients;
  return rest.reduce<F32x4>((sum, c) => f.mulAdd(sum, x, f.constant(c)), f.constant(first));
}

/** 2 to the power of small integers, from -126 to 127. */
function powerOfTwo(f: FunctionBuilder, n: I32x4): F32x4 {
  return n.add(f.constantInt(127)).shl(23).asFloats();
}

/**
 * e^x: e^r for the remainder r of division by log 2, after the Cephes library's expf (S. Moshier), then scaled by 2^n
 * in two steps, so that results round into the denormal range and overflow to infinity. Within 2 ulp; NaN stays NaN.
 */
export function exp4(f: FunctionBuilder, argument: F32x4): F32x4 {
  const x = f.local(argument.pmax(f.constant(-104)).pmin(f.constant(89)));
  const shifted = f.local(f.mulAdd(x, f.constant(Math.LOG2E), f.constant(12582912)));
  const n = f.local(shifted.sub(f.constant(12582912)));
  const high = f.local(f.mulAdd(n, f.constant(-0.693359375), x));
  const r = f.local(f.mulAdd(n, f.constant(2.1219444e-4), high));
  const p = f.local(
    polynomial(f, r, [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5]),
  );
  const e = f.mulAdd(p, f.local(r.mul(r)), r.add(f.constant(1)));
  const integer = f.local(shifted.asInts().sub(f.constantInt(0x4b400000)));
  const half = f.local(integer.shr(1));
  return f.local(e.mul(powerOfTwo(f, half)).mul(powerOfTwo(f, integer.sub(half))));
}

const logCoefficients = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];

/**
 * log x, after the Cephes library's logf: the exponent times log 2 plus a polynomial of the mantissa. Within 2 ulp, also
 * for denormals; log 0 is -infinity, and NaN for negative numbers.
 */
export function log4(f: FunctionBuilder, argument: F32x4): F32x4 {
  const x = f.local(argument);
  const tiny = f.local(x.lt(f.constant(1.17549435e-38)));
  const bits = f.local(tiny.select(x.mul(f.constant(8388608)), x).asInts());
  const exponent = bits
    .shr(23)
    .sub(f.constantInt(126))
    .sub(tiny.and(f.constantInt(23)));
  const mantissa = f.local(bits.and(f.constantInt(0x7fffff)).or(f.constantInt(0x3f000000)).asFloats());
  const small = f.local(mantissa.lt(f.constant(Math.SQRT1_2)));
  const e = f.local(exponent.add(small).toFloats());
  const m = f.local(mantissa.sub(f.constant(1)).add(small.and(mantissa.asInts()).asFloats()));
  const square = f.local(m.mul(m));
  const series = f.local(polynomial(f, m, logCoefficients).mul(m).mul(square));
  const low = f.mulAdd(square, f.constant(-0.5), f.mulAdd(e, f.constant(-2.1219444e-4), series));
  const result = f.local(f.mulAdd(e, f.constant(0.693359375), m.add(low)));
  const finite = x.lt(f.constant(Number.POSITIVE_INFINITY)).select(result, x);
  const positive = x.lt(f32x4.zero).select(f.constant(Number.NaN), finite);
  return f.local(x.eq(f32x4.zero).select(f.constant(Number.NEGATIVE_INFINITY), positive));
}

/**
 * The hyperbolic tangent, after the Cephes library's tanhf: a polynomial below 0.625, else 1 - 2 / (e^2|x| + 1).
 * Within 2 ulp; tanh(-0) is -0, NaN stays NaN.
 */
export function tanh4(f: FunctionBuilder, argument: F32x4): F32x4 {
  const x = f.local(argument);
  const size = f.local(x.abs());
  const square = f.local(x.mul(x));
  const p = polynomial(
    f,
    square,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = f.local(f.mulAdd(f.local(p.mul(square)), x, x));
  const e = exp4(f, size.add(size));
  const far = f.constant(1).sub(f.constant(2).div(e.add(f.constant(1))));
  const sign = x.asInts().and(f.constantInt(-0x80000000));
  return f.local(size.lt(f.constant(0.625)).select(near, far.asInts().or(sign).asFloats()));
}

/** 1 / (1 + e^-x) from e^-|x|, which cannot overflow. Within 3 ulp; NaN stays NaN. */
export function sigmoid4(f: FunctionBuilder, argument: F32x4): F32x4 {
  const x = f.local(argument);
  const e = exp4(f, x.abs().neg());
  const numerator = x.lt(f32x4.zero).select(e, f.constant(1));
  return f.local(numerator.div(e.add(f.constant(1))));
}
