import type { Random } from "@retort/tensor";

/** A picture's pixels, four bytes each: red, green, blue, alpha. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

const eachColour = (pixels: Pixels, change: (index: number, pixel: number) => void): void => {
  for (let pixel = 0; pixel < pixels.width * pixels.height; pixel++) {
    for (let channel = 0; channel < 3; channel++) change(4 * pixel + channel, pixel);
  }
};

/** Adds a linear ramp across the picture, from -amount to +amount grey levels in the given direction (radians). */
export function addGradient(pixels: Pixels, amount: number, direction: number): void {
  const { width, height, data } = pixels;
  const [dx, dy] = [Math.cos(direction), Math.sin(direction)];
  const reach = (Math.abs(dx) * width + Math.abs(dy) * height) / 2;
  eachColour(pixels, (index, pixel) => {
    const x = (pixel % width) + 0.5 - width / 2;
    const y = Math.floor(pixel / width) + 0.5 - height / 2;
    data[index] += (amount * (dx * x + dy * y)) / reach;
  });
}

/** Adds smooth random patches of the given size in pixels, within -amount and +amount grey levels (value noise). */
export function addTexture(pixels: Pixels, amount: number, patch: number, random: Random): void {
  const { width, height, data } = pixels;
  const columns = Math.ceil(width / patch) + 2;
  const rows = Math.ceil(height / patch) + 2;
  const grid = Float32Array.from({ length: rows * columns }, () => 2 * random.uniform() - 1);
  const ease = (t: number): number => t * t * (3 - 2 * t);
  const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
  eachColour(pixels, (index, pixel) => {
    const x = (pixel % width) / patch;
    const y = Math.floor(pixel / width) / patch;
    const [i, j] = [Math.floor(y), Math.floor(x)];
    const [v, u] = [ease(y - i), ease(x - j)];
    const at = i * columns + j;
    const top = mix(grid[at], grid[at + 1], u);
    const bottom = mix(grid[at + columns], grid[at + columns + 1], u);
    data[index] += amount * mix(top, bottom, v);
  });
}

/** Adds normally distributed noise of the given standard deviation, in grey levels, the same to all three colours. */
export function addNoise(pixels: Pixels, deviation: number, random: Random): void {
  const { width, height, data } = pixels;
  const noise = Float32Array.from({ length: width * height }, () => deviation * random.normal());
  eachColour(pixels, (index, pixel) => {
    data[index] += noise[pixel];
  });
}

/** Blurs by a Gaussian of the given standard deviation, in pixels; the border pixel stands for what lies outside. */
export function blur(pixels: Pixels, deviation: number): void {
  const { width, height, data } = pixels;
  const radius = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * deviation ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const kernel = weights.map((weight) => weight / total);
  const rows = Float32Array.from(data);
  const clamp = (value: number, end: number): number => Math.max(0, Math.min(end - 1, value));
  const pass = (from: ArrayLike<number>, to: Float32Array | Uint8ClampedArray, dx: number, dy: number): void =>
    eachColour(pixels, (index, pixel) => {
      const [x, y, channel] = [pixel % width, Math.floor(pixel / width), index % 4];
      let sum = 0;
      for (let i = -radius; i <= radius; i++) {
        sum += kernel[i + radius] * from[4 * (clamp(y + i * dy, height) * width + clamp(x + i * dx, width)) + channel];
      }
      to[index] = sum;
    });
  pass(data, rows, 1, 0);
  pass(rows, data, 0, 1);
}
