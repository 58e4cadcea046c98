import type { Random } from "@retort/tensor";

/** A picture's pixels, four bytes each: red, green, blue, alpha. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Adds a linear ramp across the picture, from -amount to +amount grey levels in the given direction (radians). */
export function addGradient({ width, height, data }: Pixels, amount: number, direction: number): void {
  const [dx, dy] = [Math.cos(direction), Math.sin(direction)];
  const reach = (Math.abs(dx) * width + Math.abs(dy) * height) / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = dx * (x + 0.5 - width / 2) + dy * (y + 0.5 - height / 2);
      brighten(data, 4 * (y * width + x), (amount * along) / reach);
    }
  }
}

/** Adds smooth random patches of the given size in pixels, within -amount and +amount grey levels (value noise). */
export function addTexture({ width, height, data }: Pixels, amount: number, patch: number, random: Random): void {
  const columns = Math.ceil(width / patch) + 2;
  const rows = Math.ceil(height / patch) + 2;
  const grid = Float32Array.from({ length: rows * columns }, () => 2 * random.uniform() - 1);
  for (let y = 0; y < height; y++) {
    const i = Math.floor(y / patch);
    const v = ease(y / patch - i);
    for (let x = 0; x < width; x++) {
      const j = Math.floor(x / patch);
      const u = ease(x / patch - j);
      const at = i * columns + j;
      const top = mix(grid[at], grid[at + 1], u);
      const bottom = mix(grid[at + columns], grid[at + columns + 1], u);
      brighten(data, 4 * (y * width + x), amount * mix(top, bottom, v));
    }
  }
}

/**
 * Adds normally distributed noise of the given standard deviation, in grey levels, the same to all three colours
 * (Box and Muller, 1958: two numbers for two neighbours).
 */
export function addNoise({ data }: Pixels, deviation: number, random: Random): void {
  const uniform = new Float32Array(2 * Math.ceil(data.length / 8));
  random.split("noise").fillUniform(uniform);
  for (let i = 0; i < uniform.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - uniform[i]));
    const angle = 2 * Math.PI * uniform[i + 1];
    brighten(data, 4 * i, radius * Math.cos(angle));
    brighten(data, 4 * i + 4, radius * Math.sin(angle));
  }
}

/** Blurs by a Gaussian of the given standard deviation, in pixels; the border pixel stands for what lies outside. */
export function blur({ width, height, data }: Pixels, deviation: number): void {
  const kernel = gaussian(deviation);
  const between = new Float32Array(data.length);
  for (let y = 0; y < height; y++) blurLine(data, between, 4 * y * width, 4, width, kernel);
  for (let x = 0; x < width; x++) blurLine(between, data, 4 * x, 4 * width, height, kernel);
}

const ease = (t: number): number => t * t * (3 - 2 * t);
const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

function brighten(data: Uint8ClampedArray, at: number, amount: number): void {
  data[at] += amount;
  data[at + 1] += amount;
  data[at + 2] += amount;
}

function gaussian(deviation: number): Float32Array {
  const radius = Math.ceil(3 * deviation);
  const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

type Samples = Uint8ClampedArray | Float32Array;

/** Blurs `count` pixels that start at `start` and lie `step` numbers apart. */
function blurLine(from: Samples, to: Samples, start: number, step: number, count: number, kernel: Float32Array): void {
  const radius = (kernel.length - 1) / 2;
  for (let i = 0; i < count; i++) {
    let [red, green, blue] = [0, 0, 0];
    for (let k = 0; k < kernel.length; k++) {
      const at = start + step * Math.max(0, Math.min(count - 1, i + k - radius));
      red += kernel[k] * from[at];
      green += kernel[k] * from[at + 1];
      blue += kernel[k] * from[at + 2];
    }
    const at = start + step * i;
    to[at] = red;
    to[at + 1] = green;
    to[at + 2] = blue;
    to[at + 3] = from[at + 3];
  }
}
