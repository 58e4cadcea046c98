// jax-js on its WebAssembly backend.
import { cnn, conv, gemm, numbers } from "./sizes.mjs";

export async function prepare({ load }) {
  const jax = await load("@jax-js/jax");
  const { numpy: np, lax, nn } = jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const filled = (shape, scale) =>
    np
      .array(
        numbers(
          shape.reduce((a, b) => a * b),
          scale,
        ),
      )
      .reshape(shape);
  // An operation consumes its arguments: `ref` keeps them for the next run.
  const finished = async (value) => (await value.blockUntilReady()).dispose();
  return {
    gemm() {
      const [a, b] = [filled([gemm.size, gemm.size]), filled([gemm.size, gemm.size])];
      return () => finished(np.matmul(a.ref, b.ref));
    },
    conv() {
      const { batch, channels, size, kernel } = conv;
      const [x, w] = [filled([batch, channels, size, size]), filled([channels, channels, kernel, kernel])];
      return () => finished(lax.conv(x.ref, w.ref, [1, 1], "SAME"));
    },
    cnn() {
      const { batch, size, first, second, classes, learningRate } = cnn;
      const images = filled([batch, 1, size, size]);
      const labels = np.array(
        Int32Array.from({ length: batch }, (_, i) => i % classes),
        { dtype: np.int32 },
      );
      const targets = nn.oneHot(labels, classes);
      const shapes = [
        [first, 1, 3, 3],
        [second, first, 3, 3],
        [second, classes],
      ];
      let weights = shapes.map((shape) => filled(shape, 0.1));
      const loss = ([w1, w2, w3], x, t) => {
        const hidden = nn.relu(lax.conv(x, w1, [1, 1], "SAME"));
        const features = np.mean(nn.relu(lax.conv(hidden, w2, [2, 2], "SAME")), [2, 3]);
        return np.mean(np.sum(nn.logSoftmax(np.matmul(features, w3)).mul(t), 1)).neg();
      };
      const step = jax.jit((w, x, t) => {
        const gradients = jax.grad(loss)(
          w.map((value) => value.ref),
          x,
          t,
        );
        return w.map((value, i) => value.sub(gradients[i].mul(learningRate)));
      });
      return async () => {
        weights = step(weights, images.ref, targets.ref);
        await jax.blockUntilReady(weights);
      };
    },
  };
}
