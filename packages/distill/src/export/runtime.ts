import { type Tensor, tensor, threads } from "@retort/tensor";

type Runtime = typeof import("onnxruntime-node");

/** An ONNX file that onnxruntime has loaded. */
export interface OnnxSession {
  /** The only output for images [B, 3, H, W]. @throws Error when onnxruntime cannot run them */
  run(images: Tensor): Promise<Tensor>;
  /** Frees what onnxruntime holds. */
  close(): Promise<void>;
}

/** Whether onnxruntime-node, an optional package, is installed. */
export function hasRuntime(): Promise<boolean> {
  return loadRuntime().then(
    () => true,
    () => false,
  );
}

/** @throws Error that says how to install onnxruntime-node where it is missing */
export async function requireRuntime(): Promise<void> {
  await loadRuntime();
}

// Not exported: the declarations of this package must not name a package that may be missing.
async function loadRuntime(): Promise<Runtime> {
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    throw new Error(
      "ONNX files are run by onnxruntime-node, which cannot be loaded: npm install onnxruntime-node " +
        "(behind a firewall with ONNXRUNTIME_NODE_INSTALL=skip, which leaves GPUs out)",
      { cause: error },
    );
  }
}

/**
 * Loads an ONNX model of one input and one output; `name` stands for it in messages.
 * @throws Error that says how to install onnxruntime-node, or what onnxruntime says of the model
 */
export async function openSession(model: Uint8Array, name: string): Promise<OnnxSession> {
  const { InferenceSession, Tensor: Values } = await loadRuntime();
  const count = threads();
  const session = await InferenceSession.create(model, { intraOpNumThreads: count, interOpNumThreads: 1 }).catch(
    (error: Error) => {
      throw new Error(`${name}: onnxruntime cannot load it: ${error.message}`, { cause: error });
    },
  );
  const [[input], [output]] = [session.inputNames, session.outputNames];
  return {
    async run(images) {
      const values = new Values("float32", images.dataSync() as Float32Array, [...images.shape]);
      const found = await session.run({ [input]: values }).catch((error: Error) => {
        throw new Error(`${name}: onnxruntime cannot run it on ${images.shape.join(" x ")}: ${error.message}`, {
          cause: error,
        });
      });
      const { data, dims } = found[output];
      return tensor(data as Float32Array, dims);
    },
    close: () => session.release(),
  };
}
