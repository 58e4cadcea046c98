// TensorFlow.js on its WebAssembly backend.
import { dirname } from "node:path";
import { cnn, conv, gemm, numbers } from "./sizes.mjs";

export async function prepare({ load, resolve, threads }) {
  const tf = await load("@tensorflow/tfjs");
  const wasm = await load("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(`${dirname(resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  wasm.setThreadsCount(threads);
  await tf.setBackend("wasm");
  await tf.ready();
  return tensorflowCases(tf);
}

/** The cases of TensorFlow.js, whatever its backend. Images are channels last, as it wants them. */
function tensorflowCases(tf) {
  const filled = (shape, scale) =>
    tf.tensor(
      numbers(
        shape.reduce((a, b) => a * b),
        scale,
      ),
      shape,
    );
  const run = (compute) => () => tf.dispose(compute());
  return {
    gemm() {
      const [a, b] = [filled([gemm.size, gemm.size]), filled([gemm.size, gemm.size])];
      return run(() => tf.matMul(a, b));
    },
    conv() {
      const { batch, channels, size, kernel } = conv;
      const [x, w] = [filled([batch, size, size, channels]), filled([kernel, kernel, channels, channels])];
      return run(() => tf.conv2d(x, w, 1, "same"));
    },
    cnn() {
      const { batch, size, first, second, classes, learningRate } = cnn;
      const images = filled([batch, size, size, 1]);
      const targets = tf.oneHot(
        tf.tensor1d(
          Int32Array.from({ length: batch }, (_, i) => i % classes),
          "int32",
        ),
        classes,
      );
      const shapes = [
        [3, 3, 1, first],
        [3, 3, first, second],
        [second, classes],
      ];
      const weights = shapes.map((shape) => tf.variable(filled(shape, 0.1)));
      const optimizer = tf.train.sgd(learningRate);
      const loss = () => {
        const [w1, w2, w3] = weights;
        const hidden = tf.relu(tf.conv2d(images, w1, 1, "same"));
        const features = tf.mean(tf.relu(tf.conv2d(hidden, w2, 2, "same")), [1, 2]);
        return tf.losses.softmaxCrossEntropy(targets, tf.matMul(features, w3));
      };
      return () => optimizer.minimize(loss, false, weights);
    },
  };
}
