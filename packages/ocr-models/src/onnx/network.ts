import { MobileNetV1Enhance } from "../backbones/mobilenet-v1-enhance.js";
import { MobileNetV3 } from "../backbones/mobilenet-v3.js";
import { PPLCNetV3Detection } from "../backbones/pp-lcnet-v3.js";
import { DetectionNetwork } from "../detection-network.js";
import { CtcHead } from "../heads/ctc-head.js";
import { MultiHead } from "../heads/multi-head.js";
import type { Network } from "../networks.js";
import type { RecognitionNetwork } from "../recognition-network.js";
import { OnnxGraph } from "./graph.js";
import { ctcHead, dbHead } from "./heads.js";
import { mobileNetV1Enhance } from "./mobilenet-v1-enhance.js";
import { mobileNetV3 } from "./mobilenet-v3.js";
import type { OnnxModel, OnnxValue } from "./model.js";
import { ppLcNetV3, ppLcNetV3Detection } from "./pp-lcnet-v3.js";
import { detectionNeck } from "./pyramid.js";
import { resNetVd } from "./resnet-vd.js";
import { sequenceEncoder } from "./sequence-encoder.js";

const input = "x";

/**
 * What a network does in evaluation, as ONNX: images x [batch, 3, height, width] to `probabilities` [batch, steps,
 * classes] of the CTC head, or to the shrink map `maps` [batch, 1, height, width]. Batch and width are any, and in
 * detection the height: multiples of 32. In recognition images have this `height`. Batch normalizations and parallel
 * branches are folded into convolutions; heads that only guide the training are left out.
 * @throws Error for a recognition network without a CTC head
 */
export function onnxOf(network: Network, height: number, metadata: ReadonlyMap<string, string> = new Map()): OnnxModel {
  const graph = new OnnxGraph(network);
  const [size, output] =
    network instanceof DetectionNetwork ? ["height", detection(graph, network)] : [height, recognition(graph, network)];
  const inputs: OnnxValue[] = [{ name: input, shape: ["batch", 3, size, "width"] }];
  return { nodes: graph.nodes, initializers: graph.initializers, inputs, outputs: [output], metadata };
}

function recognition(graph: OnnxGraph, { backbone, neck, head }: RecognitionNetwork): OnnxValue {
  const map =
    backbone instanceof MobileNetV1Enhance
      ? mobileNetV1Enhance(graph, backbone, input)
      : ppLcNetV3(graph, backbone, input);
  const encoded = neck === undefined ? map : sequenceEncoder(graph, neck, map);
  const [ctc, sequence] =
    head instanceof MultiHead ? [head.ctc_head, sequenceEncoder(graph, head.ctc_encoder, encoded)] : [head, encoded];
  if (!(ctc instanceof CtcHead)) throw new Error("export: the network has no CTC head, and no other head is exported");
  return { name: ctcHead(graph, ctc, sequence), shape: ["batch", "steps", classesOf(ctc)] };
}

function classesOf({ fc, fc1, fc2 }: CtcHead): number {
  return (fc ?? fc2 ?? fc1)?.weight.shape[1] ?? 0;
}

function detection(graph: OnnxGraph, { backbone, neck, head }: DetectionNetwork): OnnxValue {
  const maps =
    backbone instanceof MobileNetV3
      ? mobileNetV3(graph, backbone, input)
      : backbone instanceof PPLCNetV3Detection
        ? ppLcNetV3Detection(graph, backbone, input)
        : resNetVd(graph, backbone, input);
  return { name: dbHead(graph, head, detectionNeck(graph, neck, maps)), shape: ["batch", 1, "height", "width"] };
}
