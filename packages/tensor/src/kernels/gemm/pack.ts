import {
  type F32x4,
  type FunctionBuilder,
  f32,
  f32x4,
  type Int,
  i32,
  type Local,
  type ParamLocals,
  type Pointer,
  ptr,
  type Subroutine,
  type Words,
} from "../../wasm/index.js";

type PackParams = Words<"source" | "target", "laneBytes" | "stepBytes" | "steps" | "lanes">;

const packParams: PackParams = { source: ptr, laneBytes: i32, stepBytes: i32, steps: i32, target: ptr, lanes: i32 };

/** Packs a panel: [steps][pitch] from any strides; of the first `width` lanes, those from `lanes` on become 0. */
export type Pack = Subroutine<PackParams>;

/**
 * Defines the packing of panels of `width` lanes (4 or more), fast where lanes or steps lie side by side. Their steps are
 * `pitch` floats apart.
 */
export function definePack(f: FunctionBuilder, width: number, pitch: number = width): Pack {
  return f.subroutine(`gemmPack${width}`, packParams, (g, { source, laneBytes, stepBytes, steps, target, lanes }) => {
    const left = g.local(steps);
    g.if(lanes.lt(width), () => {
      packEdge(g, { width, pitch }, { source, laneBytes, stepBytes, left, target, lanes });
      g.return();
    });
    g.if(laneBytes.eq(4), () => {
      g.times(left, () => {
        if (width % 8 === 0) {
          const vectors = groups(width).map((lane) => source.load4(lane));
          g.storeAll(target, vectors);
        } else {
          for (const lane of groups(width)) g.store(target, source.load4(lane), lane);
        }
        source.set(source.plus(stepBytes));
        target.advance(pitch);
      });
      g.return();
    });
    g.if(stepBytes.eq(4), () => {
      for (const lane of groups(width)) packTransposed(g, pitch, { source, laneBytes, steps, target, lane });
      g.return();
    });
    const sources: Local<Pointer>[] = [source];
    for (let lane = 1; lane < width; lane++) sources.push(g.local(sources[lane - 1].plus(laneBytes)));
    g.times(left, () => {
      sources.forEach((from, lane) => {
        g.store(target, from.load(), lane);
      });
      for (const from of sources) from.set(from.plus(stepBytes));
      target.advance(pitch);
    });
  });
}

/** First lanes of vectors that cover `width` lanes, overlapping where it is no multiple of 4. */
function groups(width: number): number[] {
  return Array.from({ length: Math.ceil(width / 4) }, (_, i) => Math.min(4 * i, width - 4));
}

type GroupLocals = Pick<ParamLocals<PackParams>, "source" | "laneBytes" | "steps" | "target"> & {
  readonly lane: number;
};

/** Packs four lanes, the first of which is `lane`, whose steps lie side by side. */
function packTransposed(
  g: FunctionBuilder,
  pitch: number,
  { source, laneBytes, steps, target, lane }: GroupLocals,
): void {
  const from = [g.local(source.plus(laneBytes.mul(lane)))];
  for (const i of [0, 1, 2]) from.push(g.local(from[i].plus(laneBytes)));
  const to = g.local(target.at(lane));
  g.times(steps.shr(2), () => {
    const rows = from.map((pointer) => g.local(pointer.load4()));
    transpose(g, rows).forEach((column, step) => {
      g.store(to, column, step * pitch);
    });
    for (const pointer of from) pointer.advance(4);
    to.advance(4 * pitch);
  });
  g.times(steps.and(3), () => {
    from.forEach((pointer, i) => {
      g.store(to, pointer.load(), i);
    });
    for (const pointer of from) pointer.advance(1);
    to.advance(pitch);
  });
}

/** The columns of four rows of four. */
function transpose(g: FunctionBuilder, [a, b, c, d]: readonly F32x4[]): F32x4[] {
  const low = [g.local(f32x4.shuffle(a, b, [0, 4, 1, 5])), g.local(f32x4.shuffle(c, d, [0, 4, 1, 5]))];
  const high = [g.local(f32x4.shuffle(a, b, [2, 6, 3, 7])), g.local(f32x4.shuffle(c, d, [2, 6, 3, 7]))];
  return [low, high].flatMap(([x, y]) => [f32x4.shuffle(x, y, [0, 1, 4, 5]), f32x4.shuffle(x, y, [2, 3, 6, 7])]);
}

type EdgeLocals = {
  readonly [K in "laneBytes" | "stepBytes" | "left" | "lanes"]: Local<Int>;
} & { readonly [K in "source" | "target"]: Local<Pointer> };

function packEdge(g: FunctionBuilder, { width, pitch }: Record<"width" | "pitch", number>, locals: EdgeLocals): void {
  const { source, laneBytes, stepBytes, left, target, lanes } = locals;
  const from = g.local(source);
  g.times(left, () => {
    from.set(source);
    for (let lane = 0; lane < width; lane++) {
      g.if(
        lanes.gt(lane),
        () => g.store(target, from.load(), lane),
        () => g.store(target, f32.of(0), lane),
      );
      from.set(from.plus(laneBytes));
    }
    source.set(source.plus(stepBytes));
    target.advance(pitch);
  });
}
