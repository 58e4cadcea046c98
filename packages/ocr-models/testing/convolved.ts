import { type Grid, grid } from "@retort/autograd/testing";

/** What a convolution has beside its weight. */
interface Convolution {
  /** Channels are cut into this many parts that do not see each other; default 1. */
  readonly groups?: number;
  readonly bias?: Grid;
}

/** A convolution with odd kernels and stride 1 that keeps the size, by plain loops. */
export function convolved(x: Grid, weight: Grid, { groups = 1, bias }: Convolution = {}): Grid {
  const [batch, , height, width] = x.shape;
  const [outputs, inputs, rows, columns] = weight.shape;
  const [top, left] = [(rows - 1) / 2, (columns - 1) / 2];
  return grid([batch, outputs, height, width], (n, o, y, z) => {
    const first = Math.floor(o / (outputs / groups)) * inputs;
    let sum = bias?.at(o) ?? 0;
    for (let c = 0; c < inputs; c++) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const [row, column] = [y + i - top, z + j - left];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          sum += weight.at(o, c, i, j) * x.at(n, first + c, row, column);
        }
      }
    }
    return sum;
  });
}
