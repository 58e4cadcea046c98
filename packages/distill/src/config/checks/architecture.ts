import { called } from "../../model/called.js";
import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { ArchitectureConfig } from "../schema/architecture.js";
import type { GlobalConfig } from "../schema/global.js";
import { networksOf, type PlacedNetwork, writerOf } from "./networks.js";

/** Checks that each network fits together, and what freezing means. */
export function checkArchitecture(architecture: ArchitectureConfig, findings: Findings): void {
  const networks = networksOf(architecture);
  for (const placed of networks) checkHead(placed, findings);
  warnOfPool(networks, findings);
  warnOfResNet(networks, findings);
  if (architecture.kind === "single") return;
  if (new Set(networks.map(({ network }) => network.modelType)).size > 1) {
    findings.problem(
      ["Architecture", "Models"],
      "networks that read text and networks that find it cannot learn together",
    );
  }
  for (const model of architecture.models) {
    if (model.freeze !== "learning" && model.pretrained === undefined) {
      findings.warn(
        ["Architecture", "Models", model.name],
        "is frozen but names no pretrained weights: it teaches noise",
      );
    }
  }
  if (architecture.models.every((model) => model.freeze !== "learning")) {
    findings.problem(["Architecture", "Models"], "every network is frozen, so there is nothing to train");
  }
}

function checkHead(placed: PlacedNetwork, findings: Findings): void {
  const { network, path } = placed;
  if (network.modelType === "det") return;
  if (network.head.name === "CTCHead" && !network.neck) {
    findings.problem([...path, "Head"], "a CTCHead reads a sequence, but there is no Neck that makes one");
  }
  if (network.head.name !== "CTCHead" && network.neck) {
    findings.problem(
      [...path, "Neck"],
      `a ${network.head.name} reads the backbone's map; it takes no Neck in front of it`,
    );
  }
}

/** The reference changed the default on 2023-04-19; published PP-OCRv3 weights have the older one. */
function warnOfPool(networks: readonly PlacedNetwork[], findings: Findings): void {
  const assumed = networks.filter(
    ({ network: { backbone } }) =>
      backbone.name === "MobileNetV1Enhance" && backbone.lastPoolType === "avg" && backbone.lastPoolKernelSizeAssumed,
  );
  if (assumed.length === 0) return;
  const path: ConfigPath = [...assumed[0].path, "Backbone"];
  findings.warn(
    path,
    `last_pool_kernel_size is missing (${assumed.map(({ name }) => called(name)).join(", ")}): taken as [2, 2], as in the published ` +
      "PP-OCRv3 weights; PaddleOCR since April 2023 takes [3, 2]. Say which",
  );
}

/** The reference's guide to distillation calls ResNet_vd so; its code later gave the name to another network. */
function warnOfResNet(networks: readonly PlacedNetwork[], findings: Findings): void {
  const assumed = networks.filter(({ network: { backbone } }) => backbone.name === "ResNet_vd" && backbone.nameAssumed);
  if (assumed.length === 0) return;
  findings.warn(
    [...assumed[0].path, "Backbone", "name"],
    `ResNet (${assumed.map(({ name }) => called(name)).join(", ")}): taken as ResNet_vd, as in PaddleOCR's guide to distillation; later ` +
      "PaddleOCR has another backbone of this name. Say ResNet_vd",
  );
}

/** Checks that SAR and NRTR heads decode as many characters as labels have. */
export function checkTextLength(architecture: ArchitectureConfig, global: GlobalConfig, findings: Findings): void {
  for (const placed of networksOf(architecture)) {
    const writer = writerOf(placed.network);
    if (!writer || writer.maxTextLength === global.maxTextLength) continue;
    findings.problem(
      [...placed.path, "Head"],
      `its ${writer.name} has max_text_length ${writer.maxTextLength}, but labels are made for Global.max_text_length ` +
        `${global.maxTextLength}`,
    );
  }
}
