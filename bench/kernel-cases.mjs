// What `kernels.mjs` times: each kernel on shapes of PP-OCRv3's recognition networks at batch 8, 48x320, and of its neck of
// detection. A case has a name, `make`, which prepares operands and returns what is timed, and its work: `operations`
// (multiplications and additions) or `bytes` (of every tensor read or written, once).
import {
  adamStep,
  additiveAttention,
  additiveAttentionGrad,
  batchNorm,
  batchNormGrad,
  conv2d,
  conv2dInputGrad,
  conv2dOutputShape,
  conv2dWeightGrad,
  crossEntropyRows,
  crossEntropyRowsGrad,
  ctcLoss,
  ctcLossGrad,
  dropout,
  evaluate,
  expressions,
  full,
  layerNorm,
  layerNormGrad,
  logSoftmax,
  logSoftmaxGrad,
  lstmSequence,
  lstmSequenceGrad,
  matmul,
  maxPool2d,
  randomUniform,
  sizeOf,
  sum,
  tensor,
  transpose,
  zeros,
} from "@retort/tensor";

let counter = 0;
const random = (...shape) => randomUniform(shape, -1, 1, [7, 7], counter++);
const below = (limit, ...shape) =>
  tensor(
    Int32Array.from({ length: sizeOf(shape) }, (_, i) => 1 + ((7 * i) % (limit - 1))),
    shape,
  );
const bytesOf = (...shapes) => 4 * shapes.reduce((total, shape) => total + sizeOf(shape), 0);

/** op(a) [m, k] times op(b) [k, n]; t stands for an operand that lies transposed. */
function product(layout, m, n, k) {
  const lying = (which, rows, columns) =>
    layout[which] === "n" ? random(rows, columns) : transpose(random(columns, rows));
  return {
    name: `matmul ${layout} ${m} x ${n} x ${k}`,
    operations: 2 * m * n * k,
    make: () => {
      const [a, b] = [lying(0, m, k), lying(1, k, n)];
      return () => matmul(a, b);
    },
  };
}

/** How often a place of an axis meets a weight; products with the padding are no work. */
function meetings(size, kernel, stride) {
  const padding = (kernel - 1) / 2;
  let count = 0;
  for (let first = -padding; first + kernel <= size + padding; first += stride) {
    count += Math.min(size, first + kernel) - Math.max(0, first);
  }
  return count;
}

/** Forward and both gradients of a convolution that keeps the size where its stride is 1. */
function convolutions({ images = 8, channels, outs = channels, map, kernel, stride = [1, 1], groups = 1 }) {
  const options = { stride, padding: [(kernel - 1) / 2, (kernel - 1) / 2], dilation: [1, 1], groups };
  const x = [images, channels, ...map];
  const w = [outs, channels / groups, kernel, kernel];
  const y = conv2dOutputShape(x, w, options);
  const how = `${kernel}x${kernel} ${groups > 1 ? "depthwise " : ""}${channels} to ${outs}, ${map.join("x")}, stride ${stride.join("x")}`;
  const [rows, columns] = map.map((size, axis) => meetings(size, kernel, stride[axis]));
  const work = groups > 1 ? { bytes: bytesOf(x, y) } : { operations: 2 * images * outs * channels * rows * columns };
  const variant = (name, shapes, run) => ({
    name: `${name} ${how}`,
    ...work,
    make: () => {
      const operands = shapes.map((shape) => random(...shape));
      return () => run(...operands);
    },
  });
  return [
    variant("conv2d", [x, w], (a, b) => conv2d(a, b, options)),
    variant("conv2dInputGrad", [y, w], (a, b) => conv2dInputGrad(a, b, x, options)),
    variant("conv2dWeightGrad", [x, y], (a, b) => conv2dWeightGrad(a, b, w, options)),
  ];
}

function normalizations(...shape) {
  const name = shape.join("x");
  const parts = () => [random(...shape), random(shape[1]), random(shape[1])];
  const activation = { expression: expressions.hardSwish, parameters: [] };
  return [
    {
      name: `batchNorm with hard-swish ${name}`,
      bytes: bytesOf(shape, shape, shape),
      make: () => {
        const [x, gamma, beta] = parts();
        return () => batchNorm(x, gamma, beta, 1e-5, activation);
      },
    },
    {
      name: `batchNormGrad with hard-swish ${name}`,
      bytes: bytesOf(shape, shape, shape, shape, shape),
      make: () => {
        const [x, gamma, beta] = parts();
        const grad = random(...shape);
        const { mean, inverseStd } = batchNorm(x, gamma, beta, 1e-5, activation);
        return () => batchNormGrad(grad, x, mean, inverseStd, gamma, { ...activation, beta });
      },
    },
  ];
}

function elementwise(name, expression, inputs, size) {
  return {
    name: `elementwise ${name}, ${size}`,
    bytes: 4 * size * (inputs + 1),
    make: () => {
      const operands = Array.from({ length: inputs }, () => random(size));
      return () => evaluate(expression, operands);
    },
  };
}

function lstms(batch, steps, hidden) {
  const name = `${batch} samples, ${steps} steps, ${hidden} units`;
  const operations = 2 * batch * steps * 4 * hidden * hidden;
  const make = () => ({ gates: random(batch, steps, 4 * hidden), weight: random(4 * hidden, hidden) });
  return [
    {
      name: `lstm ${name}`,
      operations,
      make: () => {
        const { gates, weight } = make();
        return () => lstmSequence(gates, weight, { reverse: false });
      },
    },
    {
      name: `lstmGrad with its weight's gradient ${name}`,
      operations: 2 * operations,
      make: () => {
        const { gates, weight: weightHh } = make();
        const result = lstmSequence(gates, weightHh, { reverse: false });
        const outputGrad = random(batch, steps, hidden);
        return () => lstmSequenceGrad({ ...result, outputGrad, weightHh, options: { reverse: false } });
      },
    },
  ];
}

function attentions([batch, steps, width, places]) {
  const name = `${batch} samples, ${steps} steps, ${width} wide, ${places} places`;
  const operations = 3 * batch * steps * width * places;
  const make = () => ({
    query: random(batch, steps, width),
    key: random(batch, width, places),
    score: random(width),
    valid: full([batch], places, "int32"),
  });
  const weigh = ({ query, key, score, valid }) => additiveAttention(query, key, score, zeros([1]), valid, places);
  return [
    {
      name: `additiveAttention ${name}`,
      operations,
      make: () => {
        const operands = make();
        return () => weigh(operands);
      },
    },
    {
      name: `additiveAttentionGrad ${name}`,
      operations: 2 * operations,
      make: () => {
        const operands = make();
        const [weights, grad] = [weigh(operands), random(batch, steps, places)];
        return () => additiveAttentionGrad(grad, weights, operands.query, operands.key, operands.score);
      },
    },
  ];
}

function losses(batch, steps, classes) {
  const logits = [batch, steps, classes];
  const rows = [batch * steps, classes];
  return [
    {
      name: `logSoftmax ${rows.join("x")}`,
      bytes: bytesOf(rows, rows),
      make: () => {
        const x = random(...rows);
        return () => logSoftmax(x);
      },
    },
    {
      name: `logSoftmaxGrad ${rows.join("x")}`,
      bytes: bytesOf(rows, rows, rows),
      make: () => {
        const [y, grad] = [logSoftmax(random(...rows)), random(...rows)];
        return () => logSoftmaxGrad(grad, y);
      },
    },
    {
      name: `crossEntropy ${rows.join("x")}`,
      bytes: bytesOf(rows),
      make: () => {
        const [x, labels] = [random(...rows), below(classes, rows[0])];
        return () => crossEntropyRows(x, labels, -1);
      },
    },
    {
      name: `crossEntropyGrad ${rows.join("x")}`,
      bytes: bytesOf(rows, rows),
      make: () => {
        const [x, labels, grad] = [random(...rows), below(classes, rows[0]), random(rows[0])];
        const { logSumExp } = crossEntropyRows(x, labels, -1);
        return () => crossEntropyRowsGrad(grad, x, labels, logSumExp, -1);
      },
    },
    {
      name: `ctc ${logits.join("x")}`,
      bytes: bytesOf(logits),
      make: () => {
        const [x, labels, lengths] = [random(...logits), below(classes, batch, 25), full([batch], 14, "int32")];
        return () => ctcLoss(x, labels, lengths, 0);
      },
    },
    {
      name: `ctcGrad ${logits.join("x")}`,
      bytes: bytesOf(logits, logits),
      make: () => {
        const [x, labels, lengths] = [random(...logits), below(classes, batch, 25), full([batch], 14, "int32")];
        const [saved, grad] = [ctcLoss(x, labels, lengths, 0), random(batch)];
        return () => ctcLossGrad(grad, x, labels, lengths, 0, saved);
      },
    },
  ];
}

const single = (name, shape, tensors, run) => ({
  name: `${name} ${shape.join("x")}`,
  bytes: tensors * bytesOf(shape),
  make: () => {
    const x = random(...shape);
    return () => run(x);
  },
});

const adam = {
  name: "adam 4194304",
  bytes: 7 * 4 * (1 << 22),
  make: () => {
    const [w, g, m, v] = [0, 1, 2, 3].map(() => evaluate(expressions.abs, [random(1 << 22)]));
    const options = {
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      step: 10,
      l2: 1e-5,
      decoupledDecay: 0,
    };
    return () => adamStep(w, g, m, v, options);
  },
};

function layerNorms(rows, width) {
  return [
    {
      name: `layerNorm ${rows}x${width}`,
      bytes: bytesOf([2 * rows, width]),
      make: () => {
        const [x, gamma, beta] = [random(rows, width), random(width), random(width)];
        return () => layerNorm(x, gamma, beta, 1e-6);
      },
    },
    {
      name: `layerNormGrad ${rows}x${width}`,
      bytes: bytesOf([3 * rows, width]),
      make: () => {
        const [x, gamma, beta, grad] = [random(rows, width), random(width), random(width), random(rows, width)];
        const { mean, inverseStd } = layerNorm(x, gamma, beta, 1e-6);
        return () => layerNormGrad(grad, x, mean, inverseStd, gamma);
      },
    },
  ];
}

export const kernelCases = [
  product("nn", 512, 512, 512),
  product("nn", 1024, 1024, 1024),
  product("nt", 512, 512, 512),
  product("tn", 512, 512, 512),
  product("nn", 200, 6626, 1024),
  product("nt", 200, 1024, 6626),
  product("tn", 1024, 6626, 200),
  product("nt", 320, 2048, 512),
  product("nn", 320, 512, 2048),
  product("tn", 2048, 512, 320),
  product("nn", 320, 6625, 64),
  ...convolutions({ channels: 64, map: [24, 160], kernel: 1 }),
  ...convolutions({ channels: 256, map: [6, 160], kernel: 1 }),
  ...convolutions({ channels: 512, map: [3, 80], kernel: 1 }),
  ...convolutions({ channels: 512, map: [1, 40], kernel: 3 }),
  ...convolutions({ channels: 3, outs: 16, map: [48, 320], kernel: 3, stride: [2, 2] }),
  ...convolutions({ channels: 64, map: [24, 160], kernel: 3, groups: 64 }),
  ...convolutions({ channels: 128, map: [12, 160], kernel: 3, groups: 128, stride: [2, 1] }),
  ...convolutions({ channels: 256, map: [6, 160], kernel: 5, groups: 256 }),
  ...convolutions({ channels: 512, map: [3, 160], kernel: 5, groups: 512, stride: [1, 2] }),
  ...convolutions({ channels: 64, map: [80, 80], kernel: 9, groups: 64 }),
  // By spectra: more than the limit, since fewer products are made than a convolution has.
  ...convolutions({ images: 2, channels: 256, outs: 64, map: [80, 80], kernel: 9 }),
  ...normalizations(8, 64, 24, 160),
  ...normalizations(8, 256, 6, 160),
  ...layerNorms(320, 120),
  elementwise("x + y", expressions.add, 2, 1 << 22),
  elementwise("hard-swish", expressions.hardSwish, 1, 1 << 22),
  elementwise("exp", expressions.exp, 1, 1 << 22),
  ...lstms(8, 40, 512),
  ...lstms(32, 40, 512),
  ...attentions([8, 25, 512, 40]),
  ...losses(8, 40, 6625),
  single("sum", [8, 256, 960], 1, (x) => sum(x, { axes: [0, 2] })),
  single("maxPool2d 2x2", [8, 64, 24, 160], 1, (x) =>
    maxPool2d(x, { kernel: [2, 2], stride: [2, 2], padding: [0, 0] }),
  ),
  single("dropout", [8, 40, 6625], 2, (x) => dropout(x, 0.1, [1, 2], 3)),
  adam,
];
