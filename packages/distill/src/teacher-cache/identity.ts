import type { Module } from "@retort/autograd/nn";
import type { Batch } from "@retort/ocr-models/data";
import type { NetworkConfig } from "../config/schema/architecture.js";
import type { StoredForm } from "./stored-feature.js";

/** SHA-256 of what was added, as hexadecimal digits. */
export interface Hash {
  update(data: string | Uint8Array): Hash;
  digest(encoding: "hex"): string;
}

/** Goes up when networks come to compute something else from the same weights and images. */
const mathematics = 1;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * What stored outputs of a teacher depend on beside the sample: its weights and statistics, the parts of its config that
 * say what is computed, the features that are stored, and how.
 */
export function teacherIdentity(
  hash: Hash,
  network: Module,
  { backbone, neck, head }: Pick<NetworkConfig, "backbone" | "neck" | "head">,
  features: readonly string[],
  form: StoredForm,
): string {
  hash.update(JSON.stringify({ mathematics, backbone, neck, head, features, form }));
  const state = [...network.stateDict()].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, value] of state)
    hash.update(`${key} ${value.dtype} [${value.shape}]`).update(bytesOf(value.dataSync()));
  return hash.digest("hex");
}

/** The fields of a batch that outputs of some features depend on: heads that write by the labels read these too. */
function inputsOf(features: readonly string[], hasSarHead: boolean): string[] {
  const sar = features.some((name) => name === "head_out.sar" || (name === "head_out" && hasSarHead));
  const nrtr = features.includes("head_out.nrtr");
  return ["image", ...(sar ? ["label_sar", "valid_ratio"] : []), ...(nrtr ? ["label_gtc"] : [])];
}

/**
 * A key for each sample of a batch: a digest of all that the network sees of it, so of the picture as augmentation left it,
 * by whichever seed. An NRTR head sees the labels as far as the longest text of the batch reaches, which is part of it;
 * `longest` is how many characters that has where it is not in this batch.
 */
export function sampleKeys(
  makeHash: () => Hash,
  batch: Batch,
  features: readonly string[],
  hasSarHead: boolean,
  longestText?: number,
): string[] {
  const inputs = inputsOf(features, hasSarHead);
  const { length } = batch.fields;
  const longest = inputs.includes("label_gtc") && length ? (longestText ?? Math.max(...length.data)) : 0;
  return Array.from({ length: batch.size }, (_, sample) => {
    const hash = makeHash().update(`${longest}`);
    for (const name of inputs) {
      const field = batch.fields[name];
      if (field === undefined) continue;
      const each = field.data.length / batch.size;
      hash
        .update(`${name} [${field.shape.slice(1)}]`)
        .update(bytesOf(field.data.subarray(sample * each, (sample + 1) * each)));
    }
    return hash.digest("hex");
  });
}
