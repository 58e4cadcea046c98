import { i32, type Kernel, kernel, ptr, type Words } from "../../../wasm/index.js";
import { copyRows, defineForward, defineInverse, SCRATCH_BYTES, TILE, tileAt, type Written } from "./tiles.js";

/** How planes [N, C, height, width] are cut into tiles, and which of all images' tiles are meant. */
type GridWords =
  | "channels"
  | "height"
  | "width"
  | "stepY"
  | "stepX"
  | "top"
  | "left"
  | "tilesY"
  | "tilesX"
  | "first"
  | "count"
  | "groups"
  | "frequency";

const gridWords = {
  channels: i32,
  height: i32,
  width: i32,
  /** Rows and columns from one tile to the next. */
  stepY: i32,
  stepX: i32,
  /** Rows and columns that the first tile begins before the plane. */
  top: i32,
  left: i32,
  tilesY: i32,
  tilesX: i32,
  first: i32,
  count: i32,
  /** Groups of four tiles. */
  groups: i32,
  /** Floats from one frequency to the next. */
  frequency: i32,
} as const;

/** Where a tile is: its image, and its first row and column in the plane. */
function placeOf(
  p: { readonly [K in "tilesY" | "tilesX" | "stepY" | "stepX" | "top" | "left"]: ReturnType<typeof i32.of> },
  tile: ReturnType<typeof i32.of>,
) {
  const each = p.tilesY.mul(p.tilesX);
  const within = tile.rem(each);
  return {
    image: tile.div(each),
    y: within.div(p.tilesX).mul(p.stepY).sub(p.top),
    x: within.rem(p.tilesX).mul(p.stepX).sub(p.left),
  };
}

export type TilesToSpectra = Kernel<Words<"planes" | "spectra", GridWords | "rows" | "columns">>;

/**
 * The spectra of tiles, [frequency][part][channel][tile]: of each tile the first `rows` and `columns`, as far as they lie
 * in the plane, and 0 elsewhere. Tiles from `count` to the end of the last four are 0. The range counts (channel, four
 * tiles).
 */
function tilesToSpectra(name: string, written: Written): TilesToSpectra {
  const words = { planes: ptr, spectra: ptr, rows: i32, columns: i32, ...gridWords };
  return kernel(
    name,
    words,
    (f, p, { start, end, scratch }) => {
      const forward = defineForward(f, written);
      const partBytes = f.local(p.channels.mul(p.groups).shl(4));
      const plane = p.height.mul(p.width);
      f.forRange(start, end, (unit) => {
        const channel = f.local(unit.div(p.groups));
        const four = f.local(unit.rem(p.groups).shl(2));
        const lanes = [0, 1, 2, 3].map((lane) => {
          const index = f.local(four.add(lane));
          const place = placeOf(p, f.local(index.min(p.count.sub(1)).add(p.first)));
          const [y, x] = [f.local(place.y), f.local(place.x)];
          const planeAt = f.local(p.planes.at(place.image.mul(p.channels).add(channel).mul(plane)));
          const source = f.local(planeAt.at(y.mul(p.width).add(x)));
          const pitch = f.local(p.width.shl(2));
          const whole = p.rows.eq(TILE).and(p.columns.eq(TILE)).and(index.lt(p.count));
          const inside = y.ge(0).and(x.ge(0)).and(y.add(TILE).le(p.height)).and(x.add(TILE).le(p.width));
          f.if(whole.and(inside).not(), () => {
            const tile = tileAt(scratch, lane);
            f.zeroBytes(tile, 4 * TILE * TILE);
            const [fromY, fromX] = [y, x].map((at) => f.local(i32.of(0).sub(at).max(0)));
            const rows = f.local(p.rows.min(p.height.sub(y)).sub(fromY));
            const columns = f.local(p.columns.min(p.width.sub(x)).sub(fromX));
            f.if(index.lt(p.count), () => {
              const from = { at: source.at(fromY.mul(p.width).add(fromX)), pitch: p.width };
              copyRows(f, from, { at: tile.at(fromY.mul(TILE).add(fromX)), pitch: TILE }, { rows, columns });
            });
            source.set(tile);
            pitch.set(4 * TILE);
          });
          return { source, pitch };
        });
        const [a, b, c, d] = lanes;
        f.call(forward, {
          scratch,
          source0: a.source,
          source1: b.source,
          source2: c.source,
          source3: d.source,
          pitch0: a.pitch,
          pitch1: b.pitch,
          pitch2: c.pitch,
          pitch3: d.pitch,
          to: p.spectra.at(channel.mul(p.groups).shl(2).add(four)),
          frequencyBytes: p.frequency.shl(2),
          offset1: partBytes,
          offset2: partBytes.shl(1),
          offset3: 0,
        });
      });
    },
    { scratchBytes: SCRATCH_BYTES },
  );
}

/** Parts: real, imaginary. */
export const inputSpectra: TilesToSpectra = tilesToSpectra("tilesToSpectra", ["re", "im"]);
/** Parts: real, imaginary, minus imaginary. */
export const gradSpectra: TilesToSpectra = tilesToSpectra("gradTilesToSpectra", ["re", "im", "-im"]);

/**
 * The spectra of kernels as matrices [frequency][2 outputs][2 inputs] that take real and imaginary parts of an input's
 * spectrum to those of the output's: ((re, im), (-im, re)), of the conjugate, since convolutions here are correlations.
 * The element for (output, input, y, x) lies at `weight` plus these times their strides. The range counts (output, four
 * inputs); inputs are a multiple of four.
 */
export const weightSpectra: Kernel<
  Words<
    "weight" | "spectra",
    | "outputs"
    | "inputs"
    | "kernelHeight"
    | "kernelWidth"
    | "outputStride"
    | "inputStride"
    | "rowStride"
    | "columnStride"
    | "frequency"
  >
> = kernel(
  "weightSpectra",
  {
    weight: ptr,
    spectra: ptr,
    outputs: i32,
    inputs: i32,
    kernelHeight: i32,
    kernelWidth: i32,
    outputStride: i32,
    inputStride: i32,
    rowStride: i32,
    columnStride: i32,
    frequency: i32,
  },
  (f, p, { start, end, scratch }) => {
    const forward = defineForward(f, ["re", "im", "-im", "re"]);
    f.zeroBytes(scratch, 16 * TILE * TILE);
    const fours = f.local(p.inputs.shr(2));
    const inputBytes = f.local(p.inputs.shl(2));
    f.forRange(start, end, (unit) => {
      const output = f.local(unit.div(fours));
      const input = f.local(unit.rem(fours).shl(2));
      for (const lane of [0, 1, 2, 3]) {
        const from = p.weight.at(output.mul(p.outputStride).add(input.add(lane).mul(p.inputStride)));
        const row = f.local(from);
        const target = f.local(tileAt(scratch, lane));
        f.times(p.kernelHeight, () => {
          const [source, to] = [f.local(row), f.local(target)];
          f.times(p.kernelWidth, () => {
            f.store(to, source.load());
            source.advance(p.columnStride);
            to.advance(1);
          });
          row.advance(p.rowStride);
          target.advance(TILE);
        });
      }
      const tile = (lane: number) => tileAt(scratch, lane);
      const pitch = 4 * TILE;
      f.call(forward, {
        scratch,
        source0: tile(0),
        source1: tile(1),
        source2: tile(2),
        source3: tile(3),
        pitch0: pitch,
        pitch1: pitch,
        pitch2: pitch,
        pitch3: pitch,
        to: p.spectra.at(output.mul(p.inputs).shl(1).add(input)),
        frequencyBytes: p.frequency.shl(2),
        offset1: inputBytes,
        offset2: p.outputs.mul(inputBytes).shl(1),
        offset3: p.outputs.shl(1).add(1).mul(inputBytes),
      });
    });
  },
  { scratchBytes: SCRATCH_BYTES },
);

/**
 * Spectra [frequency][2][channel][tile] back to tiles, of which the first `stepY` rows and `stepX` columns are written, as
 * far as they lie in the plane; plus a bias a channel, if there is one. The range counts (channel, four tiles).
 */
export const spectraToTiles: Kernel<Words<"planes" | "spectra" | "bias", GridWords>> = kernel(
  "spectraToTiles",
  { planes: ptr, spectra: ptr, bias: ptr, ...gridWords },
  (f, p, { start, end, scratch }) => {
    const inverse = defineInverse(f);
    const imaginaryBytes = f.local(p.channels.mul(p.groups).shl(4));
    const plane = p.height.mul(p.width);
    f.forRange(start, end, (unit) => {
      const channel = f.local(unit.div(p.groups));
      const four = f.local(unit.rem(p.groups).shl(2));
      const from = p.spectra.at(channel.mul(p.groups).shl(2).add(four));
      f.call(inverse, { scratch, from, frequencyBytes: p.frequency.shl(2), imaginaryBytes, rows: p.stepY });
      f.if(p.bias.ne(0), () => {
        const bias = f.local(p.bias.at(channel).splat());
        f.forRange(0, 4 * TILE * TILE, (i) => f.store(scratch.at(i), scratch.at(i).load4().add(bias)), 4);
      });
      for (const lane of [0, 1, 2, 3]) {
        const index = f.local(four.add(lane));
        f.if(index.lt(p.count), () => {
          const place = placeOf(p, f.local(index.add(p.first)));
          const [y, x] = [f.local(place.y), f.local(place.x)];
          const rows = f.local(p.stepY.min(p.height.sub(y)));
          const columns = f.local(p.stepX.min(p.width.sub(x)));
          const at = p.planes.at(place.image.mul(p.channels).add(channel).mul(plane)).at(y.mul(p.width).add(x));
          copyRows(f, { at: tileAt(scratch, lane), pitch: TILE }, { at, pitch: p.width }, { rows, columns });
        });
      }
    });
  },
  { scratchBytes: SCRATCH_BYTES },
);

/**
 * Spectra [frequency][2][output][input] back to kernels [output][input][y][x]. The range counts (output, four inputs);
 * inputs are a multiple of four.
 */
export const spectraToWeights: Kernel<
  Words<"weight" | "spectra", "outputs" | "inputs" | "kernelHeight" | "kernelWidth" | "frequency">
> = kernel(
  "spectraToWeights",
  { weight: ptr, spectra: ptr, outputs: i32, inputs: i32, kernelHeight: i32, kernelWidth: i32, frequency: i32 },
  (f, p, { start, end, scratch }) => {
    const inverse = defineInverse(f);
    const fours = f.local(p.inputs.shr(2));
    const imaginaryBytes = f.local(p.outputs.mul(p.inputs).shl(2));
    f.forRange(start, end, (unit) => {
      const place = f.local(unit.div(fours).mul(p.inputs).add(unit.rem(fours).shl(2)));
      const from = p.spectra.at(place);
      const frequencyBytes = p.frequency.shl(2);
      f.call(inverse, { scratch, from, frequencyBytes, imaginaryBytes, rows: p.kernelHeight });
      for (const lane of [0, 1, 2, 3]) {
        const at = p.weight.at(place.add(lane).mul(p.kernelHeight).mul(p.kernelWidth));
        const size = { rows: p.kernelHeight, columns: p.kernelWidth };
        copyRows(f, { at: tileAt(scratch, lane), pitch: TILE }, { at, pitch: p.kernelWidth }, size);
      }
    });
  },
  { scratchBytes: SCRATCH_BYTES },
);
