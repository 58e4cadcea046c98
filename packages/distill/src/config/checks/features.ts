import type { FeatureName } from "@retort/ocr-models";
import { called } from "../../model/called.js";
import type { Reads } from "../schema/loss.js";
import { type Part, type PlacedNetwork, partsOf } from "./networks.js";

/** What a reader expects: the output of one head, that of any head (`head`), or any one tensor. */
export type Wanted = Part | "head" | "tensor";

const isPart = (wanted: Wanted): wanted is Part => wanted !== "head" && wanted !== "tensor";

/** A feature, or what is wrong with reading it. */
type Found = { feature: FeatureName } | { problem: string };

function innerFeature(placed: PlacedNetwork, key: "backbone_out" | "neck_out"): Found {
  const { name, network } = placed;
  if (key === "backbone_out" && network.modelType === "det") {
    return { problem: `backbone_out of ${called(placed.name)} is four maps; a loss reads one tensor` };
  }
  if (key === "neck_out" && !network.neck && network.head.name !== "MultiHead") {
    return { problem: `${called(placed.name)} has no neck, so no neck_out` };
  }
  if (name !== undefined && !network.returnAllFeats) {
    return { problem: `${called(placed.name)} gives only head_out; ${key} needs its return_all_feats to be true` };
  }
  return { feature: key };
}

const lacks = (placed: PlacedNetwork, part: Part): string => {
  const { network } = placed;
  return `reads the ${part} output, but the ${network.head.name} of ${called(placed.name)} gives only ${partsOf(network).join(", ")}`;
};

function mapsFeature(placed: PlacedNetwork, wanted: Wanted): Found {
  if (!partsOf(placed.network).includes("maps")) return { problem: lacks(placed, "maps") };
  if (wanted === "head") return { problem: `reads the maps of ${called(placed.name)}; maps_name has to say which` };
  return { feature: "maps" };
}

function headFeature(placed: PlacedNetwork, reads: Reads, wanted: Wanted): Found {
  const { network } = placed;
  const parts = partsOf(network);
  const isMulti = network.head.name === "MultiHead";
  if (isPart(wanted) && reads.disHead !== undefined && reads.disHead !== wanted) {
    return { problem: `dis_head is ${reads.disHead}, but this loss reads the ${wanted} output` };
  }
  const part = isPart(wanted) ? wanted : (reads.disHead ?? (isMulti ? "ctc" : parts[0]));
  if (isMulti && wanted === "tensor") {
    return {
      problem: `head_out of ${called(placed.name)} has the parts ${parts.join(" and ")}; this loss reads one tensor`,
    };
  }
  if (isMulti && reads.multiHead === false) {
    return { problem: `multi_head is false, but ${called(placed.name)} has a MultiHead` };
  }
  if (!parts.includes(part)) return { problem: lacks(placed, part) };
  if (part === "maps") return { problem: `${called(placed.name)} gives maps; expected the key maps` };
  return { feature: isMulti ? `head_out.${part}` : "head_out" };
}

/**
 * The feature that a loss or decoder reads from a network. The `ctc` part of a MultiHead need not be said: a CTC reader
 * takes it, and so does mutual learning without `dis_head`. Nor need `maps` be said where nothing else can be read.
 */
export function featureOf(placed: PlacedNetwork, reads: Reads, wanted: Wanted): Found {
  const usual = wanted === "maps" ? "maps" : "head_out";
  const key = reads.key ?? usual;
  if (isPart(wanted) && key !== usual) {
    return { problem: `reads ${key}, which is no ${wanted} output; expected ${usual}` };
  }
  if (key === "maps") return mapsFeature(placed, wanted);
  if (key === "head_out") return headFeature(placed, reads, wanted);
  if (reads.disHead !== undefined) return { problem: `dis_head is a part of head_out, but key is ${key}` };
  return innerFeature(placed, key);
}

/** Of the features of several networks the one that says most: `head_out.ctc` rather than `head_out`. */
export function commonFeature(features: readonly FeatureName[]): FeatureName {
  return features.find((feature) => feature.includes(".")) ?? features[0];
}
