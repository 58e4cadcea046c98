import { type Grid, grid } from "@retort/autograd/testing";

/** Every element of a map repeated in a square, by plain loops. */
function enlarged(x: Grid, factor: number): Grid {
  const [samples, channels, height, width] = x.shape;
  return grid([samples, channels, factor * height, factor * width], (n, c, y, z) =>
    x.at(n, c, Math.floor(y / factor), Math.floor(z / factor)),
  );
}

/** The sum of two maps. */
export function plus(a: Grid, b: Grid): Grid {
  return grid(a.shape, (...at) => a.at(...at) + b.at(...at));
}

/** What three levels of a pyramid, from large to small, say together: each the sum of itself and all smaller ones. */
export function summed([large, middle, small]: readonly Grid[]): Grid[] {
  const both = plus(middle, enlarged(small, 2));
  return [plus(large, enlarged(both, 2)), both, small];
}

/** Three levels of a pyramid, from large to small, as channels of one map, the smallest first. */
export function joined([large, middle, small]: readonly Grid[]): Grid {
  const parts = [enlarged(small, 4), enlarged(middle, 2), large];
  const [samples, channels, height, width] = large.shape;
  return grid([samples, 3 * channels, height, width], (n, c, y, z) =>
    parts[Math.floor(c / channels)].at(n, c % channels, y, z),
  );
}
