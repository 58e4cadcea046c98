import type { ConfigPath } from "../path.js";
import type { ArchitectureConfig, NetworkConfig } from "../schema/architecture.js";
import type { NrtrHeadConfig, SarHeadConfig } from "../schema/head.js";

/** A network with the place where it is configured. `name` is undefined for a single network. */
export interface PlacedNetwork {
  name: string | undefined;
  network: NetworkConfig;
  path: ConfigPath;
}

/** Every network of an architecture. */
export function networksOf(architecture: ArchitectureConfig): PlacedNetwork[] {
  if (architecture.kind === "single") {
    return [{ name: undefined, network: architecture.network, path: ["Architecture"] }];
  }
  return architecture.models.map((network) => ({
    name: network.name,
    network,
    path: ["Architecture", "Models", network.name],
  }));
}

/** A part of a head's output. */
export type Part = "ctc" | "sar" | "nrtr" | "maps";

/** The parts of a head's output. */
export function partsOf(network: NetworkConfig): Part[] {
  if (network.modelType === "det") return ["maps"];
  if (network.head.name === "CTCHead") return ["ctc"];
  if (network.head.name === "SARHead") return ["sar"];
  const { sar, nrtr } = network.head;
  return ["ctc", ...(sar ? ["sar" as const] : []), ...(nrtr ? ["nrtr" as const] : [])];
}

/** Whether networks learn the maps of a DB head. */
export function learnsMaps(architecture: ArchitectureConfig): boolean {
  return networksOf(architecture).some(({ network }) => partsOf(network).includes("maps"));
}

/** The head of a network that writes character by character, if it has one. */
export function writerOf(network: NetworkConfig): SarHeadConfig | NrtrHeadConfig | undefined {
  if (network.head.name === "SARHead") return network.head;
  return network.head.name === "MultiHead" ? (network.head.sar ?? network.head.nrtr) : undefined;
}
