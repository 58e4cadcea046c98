import { bytesOf, FormatError, type HostArray, sizeOf } from "@retort/tensor";
import onnxProto, { type onnx } from "onnx-proto";
import { type OnnxAttribute, type OnnxModel, type OnnxNode, type OnnxValue, operationSet } from "./model.js";

const { ModelProto, TensorProto, AttributeProto } = onnxProto.onnx;

/** The version of the file format that goes with the operations. */
const irVersion = 8;

/** The bytes of an ONNX file. @throws Error naming a weight that is no float32 */
export function writeOnnx({ nodes, initializers, inputs, outputs, metadata }: OnnxModel): Uint8Array {
  return ModelProto.encode({
    irVersion,
    producerName: "retort",
    opsetImport: [{ domain: "", version: operationSet }],
    metadataProps: [...metadata].map(([key, value]) => ({ key, value })),
    graph: {
      name: "network",
      node: nodes.map(nodeProto),
      initializer: [...initializers].map(([name, array]) => tensorProto(name, array)),
      input: inputs.map(valueProto),
      output: outputs.map(valueProto),
    },
  }).finish();
}

function nodeProto({ type, inputs, outputs, attributes }: OnnxNode): onnx.INodeProto {
  return {
    opType: type,
    name: outputs[0],
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  };
}

function attributeProto(name: string, value: OnnxAttribute): onnx.IAttributeProto {
  const { INT, INTS, FLOAT, FLOATS, STRING } = AttributeProto.AttributeType;
  if ("int" in value) return { name, type: INT, i: value.int };
  if ("ints" in value) return { name, type: INTS, ints: [...value.ints] };
  if ("float" in value) return { name, type: FLOAT, f: value.float };
  if ("floats" in value) return { name, type: FLOATS, floats: [...value.floats] };
  return { name, type: STRING, s: new TextEncoder().encode(value.text) };
}

function tensorProto(name: string, { dtype, shape, data }: HostArray): onnx.ITensorProto {
  if (dtype !== "float32") throw new Error(`ONNX: "${name}" is ${dtype}, expected float32`);
  return { name, dataType: TensorProto.DataType.FLOAT, dims: [...shape], rawData: bytesOf(data) };
}

function valueProto({ name, shape }: OnnxValue): onnx.IValueInfoProto {
  const dim = shape.map((length) => (typeof length === "number" ? { dimValue: length } : { dimParam: length }));
  return { name, type: { tensorType: { elemType: TensorProto.DataType.FLOAT, shape: { dim } } } };
}

/** What is read of an ONNX file: its texts, and its float32 weights by name. */
export interface OnnxContents {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, HostArray>;
}

/** Reads the texts and the float32 weights of an ONNX file. @throws FormatError when the bytes are none */
export function readOnnx(bytes: Uint8Array): OnnxContents {
  const { graph, metadataProps } = decoded(bytes);
  const weights = (graph?.initializer ?? []).filter(({ dataType }) => dataType === TensorProto.DataType.FLOAT);
  return {
    metadata: new Map(metadataProps?.map(({ key, value }) => [key ?? "", value ?? ""])),
    tensors: new Map(weights.map((tensor) => [tensor.name ?? "", float32Array(tensor)])),
  };
}

function decoded(bytes: Uint8Array): onnx.IModelProto {
  try {
    const model = ModelProto.decode(bytes);
    if (model.graph) return model;
  } catch (error) {
    throw new FormatError(`no ONNX model: ${(error as Error).message}`, { cause: error });
  }
  throw new FormatError("no ONNX model: it has no graph");
}

function float32Array({ name, dims, rawData, floatData }: onnx.ITensorProto): HostArray {
  const shape = (dims ?? []).map(Number);
  const size = sizeOf(shape);
  const count = rawData?.length ? rawData.length / 4 : (floatData ?? []).length;
  if (count !== size) {
    throw new FormatError(`"${name}" has ${count} numbers, its shape [${shape.join(", ")}] needs ${size}`);
  }
  const data = rawData?.length ? new Float32Array(new Uint8Array(rawData).buffer) : Float32Array.from(floatData ?? []);
  return { dtype: "float32", shape, data };
}
