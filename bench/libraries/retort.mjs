// Here: @retort/tensor and @retort/autograd.
import { setEngineFlags } from "../../packages/cli/dist/engine-flags.js";
import { cnn, conv, gemm, numbers } from "./sizes.mjs";

setEngineFlags();
const T = await import("@retort/tensor");
const A = await import("@retort/autograd");

export function prepare({ threads }) {
  T.setThreads(threads);
  T.chooseTileColumns();
  const filled = (shape, scale) => T.tensor(numbers(T.sizeOf(shape), scale), shape);
  return {
    gemm() {
      const [a, b] = [filled([gemm.size, gemm.size]), filled([gemm.size, gemm.size])];
      return () => T.scope(() => void T.matmul(a, b));
    },
    conv() {
      const { batch, channels, size, kernel } = conv;
      const [x, w] = [filled([batch, channels, size, size]), filled([channels, channels, kernel, kernel])];
      return () => T.scope(() => void A.noGrad(() => A.conv2d(x, w, { padding: 1 })));
    },
    cnn() {
      const { batch, size, first, second, classes, learningRate } = cnn;
      const images = filled([batch, 1, size, size]);
      const labels = T.tensor(
        Int32Array.from({ length: batch }, (_, i) => i % classes),
        [batch],
      );
      const shapes = [
        [first, 1, 3, 3],
        [second, first, 3, 3],
        [second, classes],
      ];
      const weights = shapes.map((shape) => new A.Parameter(filled(shape, 0.1)));
      return () => {
        const [w1, w2, w3] = weights;
        const hidden = A.relu(A.conv2d(images, w1, { padding: 1 }));
        const features = A.mean(A.relu(A.conv2d(hidden, w2, { padding: 1, stride: 2 })), { axes: [2, 3] });
        const loss = A.mean(A.crossEntropyRows(A.matmul(features, w3), labels));
        for (const [parameter, gradient] of A.backward(loss)) {
          T.scope(() => T.assign(parameter.value, A.sub(parameter, A.mul(gradient, learningRate)).value));
        }
      };
    },
  };
}
