// What every library computes: a product of square matrices, a convolution of a feature map, and a training step of a small
// network (two convolutions, the mean over space, a linear layer, cross-entropy, gradient descent).
export const gemm = { size: 1024 };
export const conv = { batch: 8, channels: 64, size: 56, kernel: 3 };
export const cnn = { batch: 32, size: 28, first: 16, second: 32, classes: 10, learningRate: 0.01 };

/** Multiplications and additions of a case; those of a training step are three forward passes. */
export const operations = {
  gemm: 2 * gemm.size ** 3,
  conv: 2 * conv.batch * conv.size ** 2 * conv.channels ** 2 * conv.kernel ** 2,
  cnn: 3 * 2 * cnn.batch * (cnn.size ** 2 * cnn.first * 9 + (cnn.size / 2) ** 2 * cnn.first * cnn.second * 9),
};

/** Numbers between -1 and 1, the same for every library. */
export function numbers(count, scale = 1) {
  return Float32Array.from({ length: count }, (_, i) => scale * Math.sin(12.9898 * (i + 1)));
}
