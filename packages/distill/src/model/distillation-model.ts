import { noGrad, type Operand } from "@retort/autograd";
import { BatchNorm, Dropout, type Member, Module } from "@retort/autograd/nn";
import type { HeadTargets, Network, NetworkOutput } from "@retort/ocr-models";

/** How a sub-network takes part: it learns, stays as it is, or stays but for its batch statistics (the reference's way). */
export type Freeze = "learning" | "frozen" | "reference";

/** A network and how it takes part. */
export interface SubNetwork {
  readonly network: Network;
  readonly freeze: Freeze;
}

/**
 * Any number of networks that see the same images. Its keys carry the networks' names: `Student.backbone...`.
 * A frozen network keeps its weights and running statistics, drops nothing out and is not recorded; its heads return
 * what they return in training. With `reference` it still uses and moves batch statistics and drops out, as the
 * reference's frozen teacher does.
 * Source: architectures/distillation_model.py.
 */
export class DistillationModel extends Module {
  readonly networks: ReadonlyMap<string, SubNetwork>;

  constructor(networks: ReadonlyMap<string, SubNetwork>) {
    super();
    this.networks = networks;
    for (const { network, freeze } of networks.values()) if (freeze !== "learning") network.setTrainable(false);
  }

  override *members(): Iterable<readonly [string, Member]> {
    for (const [name, { network }] of this.networks) {
      if (name !== "") yield [name, network];
      else yield* network.members();
    }
  }

  override train(on = true): this {
    super.train(on);
    for (const { network, freeze } of this.networks.values()) {
      network.train(on);
      if (freeze !== "frozen") continue;
      for (const module of network.modules())
        if (module instanceof BatchNorm || module instanceof Dropout) module.eval();
    }
    return this;
  }

  /**
   * Outputs of every network, by name; those that are given are taken as they are, without running the network.
   * Networks that are not recorded run first: what they need in between is gone before the others' records fill memory.
   */
  forward(
    images: Operand,
    targets: HeadTargets = {},
    given: ReadonlyMap<string, NetworkOutput> = new Map(),
  ): Map<string, NetworkOutput> {
    const outputs = new Map<string, NetworkOutput>();
    const inTurn = [...this.networks].sort(([, a], [, b]) => Number(isRecorded(a)) - Number(isRecorded(b)));
    for (const [name, subNetwork] of inTurn) {
      const run = (): NetworkOutput => subNetwork.network.forward(images, targets);
      outputs.set(name, given.get(name) ?? (isRecorded(subNetwork) ? run() : noGrad(run)));
    }
    return outputs;
  }
}

const isRecorded = ({ freeze }: SubNetwork): boolean => freeze === "learning";
