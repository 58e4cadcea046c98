import { add, asVariable, type Operand, Parameter, permute, reshape, slice, type Variable } from "@retort/autograd";
import { Linear, type Member, Module, truncatedNormalInitializer } from "@retort/autograd/nn";
import { formatShape, ShapeError } from "@retort/tensor";

/** Places of a sequence that can have a learned vector (rec_multi_head.py MultiHead). */
const places = 80;

/** One linear layer without bias on the channels (rec_multi_head.py FCTranspose). */
class Projection extends Module {
  readonly fc: Linear;

  constructor(inputs: number, outputs: number) {
    super();
    this.fc = new Linear(inputs, outputs, { bias: false });
  }
}

/** A learned vector for each place (rec_multi_head.py AddPos). */
class PlaceVectors extends Module {
  readonly dec_pos_embed: Parameter;

  constructor(channels: number) {
    super();
    this.dec_pos_embed = new Parameter(truncatedNormalInitializer(0.02)([1, places, channels]));
  }
}

/**
 * Makes of a map [B, C, H, W] the sequence [B, H · W, channels] that an NRTR head reads, row by row; `usePos` adds a
 * learned vector to each place. Its keys are those of rec_multi_head.py `before_gtc`.
 */
export class NrtrInput extends Module {
  private readonly projection: Projection;
  private readonly positions: PlaceVectors | undefined;

  constructor(inputs: number, channels: number, { usePos }: { readonly usePos: boolean }) {
    super();
    this.projection = new Projection(inputs, channels);
    if (usePos) this.positions = new PlaceVectors(channels);
  }

  override *members(): Iterable<readonly [string, Member]> {
    yield ["1", this.projection];
    if (this.positions !== undefined) yield ["2", this.positions];
  }

  /** @throws ShapeError when the map has more places than there are learned vectors */
  forward(x: Operand): Variable {
    const map = asVariable(x);
    const [batch, channels, height, width] = map.shape;
    const columns = reshape(map, [batch, channels, height * width]);
    const sequence = this.projection.fc.forward(permute(columns, [0, 2, 1]));
    if (this.positions === undefined) return sequence;
    if (height * width > places) {
      throw new ShapeError(`use_pos has vectors for ${places} places, found a map ${formatShape(map.shape)}`);
    }
    return add(sequence, slice(this.positions.dec_pos_embed, 1, 0, height * width));
  }
}
