import { type FunctionBuilder, f32x4, i32, type Pointer, ptr, type Subroutine, type Words } from "../../wasm/index.js";

/**
 * A plane in scratch memory, with zeros around it, whose rows are cut by column parity when the horizontal stride is
 * 2: column c lies in half c mod 2, at index floor(c / 2). So four outputs side by side read four floats side by side,
 * whatever the stride. Sizes count floats.
 */
export interface PlaneLayout {
  /** Rows of zeros above the plane, and columns of zeros before it. */
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  /** Floats of one half of a row (of the row, with stride 1). */
  readonly half: number;
}

/** The layout of a plane of `width`, read by rows and columns up to `rows` and `columns`, counted with the zeros. */
export function planeLayout(stride: 1 | 2, top: number, left: number, rows: number, columns: number): PlaneLayout {
  // Vectors of the last block may read up to 19 floats behind the last column that counts.
  return { top, left, rows, half: Math.ceil((Math.ceil(columns / stride) + 20) / 4) * 4 };
}

/** Bytes of a plane in scratch memory. */
export function planeBytes(layout: PlaneLayout, stride: 1 | 2): number {
  return 4 * layout.rows * layout.half * stride;
}

type FillParams = Words<"source" | "target", "rows" | "width" | "half" | "left">;
const fillParams: FillParams = { source: ptr, target: ptr, rows: i32, width: i32, half: i32, left: i32 };

/** Defines the copying of a contiguous plane to its place in scratch memory; `target` is its first row. */
export function defineFill(f: FunctionBuilder, stride: 1 | 2): Subroutine<FillParams> {
  return f.subroutine("fillPlane", fillParams, (g, { source, target, rows, width, half, left }) => {
    const row = g.local(target);
    g.times(rows, () => {
      if (stride === 1) {
        const [from, to] = [g.local(source), g.local(row.at(left))];
        g.times(width.shr(3), () => {
          g.storeAll(to, [from.load4(), from.load4(4)]);
          for (const pointer of [from, to]) pointer.advance(8);
        });
        g.times(width.and(7), () => {
          g.store(to, from.load());
          for (const pointer of [from, to]) pointer.advance(1);
        });
      } else {
        splitRow(g, { source, row, width, half, left });
      }
      source.set(source.at(width));
      row.set(row.at(half.mul(stride)));
    });
  });
}

interface Row {
  readonly source: Pointer;
  readonly row: Pointer;
  readonly width: ReturnType<typeof i32.of>;
  readonly half: ReturnType<typeof i32.of>;
  readonly left: ReturnType<typeof i32.of>;
}

/** Even and odd columns of a row to their halves. Column `left + 2 i + b` lies in half `(left + b) mod 2`. */
function splitRow(g: FunctionBuilder, { source, row, width, half, left }: Row): void {
  const place = (b: 0 | 1): Pointer => {
    const column = left.add(b);
    return row.at(column.and(1).mul(half).add(column.shr(1)));
  };
  const targets = [g.local(place(0)), g.local(place(1))];
  const from = g.local(source);
  g.times(width.shr(3), () => {
    const [a, b] = [g.local(from.load4()), g.local(from.load4(4))];
    g.store(targets[0], f32x4.shuffle(a, b, [0, 2, 4, 6]));
    g.store(targets[1], f32x4.shuffle(a, b, [1, 3, 5, 7]));
    from.advance(8);
    for (const target of targets) target.advance(4);
  });
  g.times(width.and(7).shr(1), () => {
    for (const b of [0, 1]) g.store(targets[b], from.load(b));
    from.advance(2);
    for (const target of targets) target.advance(1);
  });
  g.if(width.and(1), () => g.store(targets[0], from.load()));
}
