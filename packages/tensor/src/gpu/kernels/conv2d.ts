import { identity } from "../../expr/library.js";
import type {
  Conv2dCall,
  Conv2dInputGradCall,
  Conv2dOptions,
  Conv2dWeightGradCall,
} from "../../kernels/conv2d/call.js";
import { type Shape, sizeOf } from "../../shape.js";
import { wholeView } from "../array-view.js";
import type { KernelSource } from "../gpu-js.js";
import type { Kernel } from "../scratch.js";
import { divide, unravel } from "../source.js";

// Every thread gathers the products of one element: gpu.js has no way to add to what another thread writes.

const geometry = [
  "channels",
  "height",
  "width",
  "outChannels",
  "outHeight",
  "outWidth",
  "channelsPerGroup",
  "outPerGroup",
  "kernelHeight",
  "kernelWidth",
  "strideY",
  "strideX",
  "paddingY",
  "paddingX",
  "dilationY",
  "dilationX",
];

function geometryOf(input: Shape, weight: Shape, output: Shape, options: Conv2dOptions): number[] {
  const { stride, padding, dilation, groups } = options;
  return [
    ...input.slice(1),
    ...output.slice(1),
    weight[1],
    output[1] / groups,
    weight[2],
    weight[3],
    ...stride,
    ...padding,
    ...dilation,
  ];
}

const forwardBody = (start: string): string => `
    ${unravel("this.thread.x", "at", ["images", "outChannels", "outHeight", "outWidth"])}
    ${divide("at1", "outPerGroup", "group", "within")}
    let total = ${start};
    for (let c = 0; c < channelsPerGroup; c++) {
      const plane = (at0 * channels + group * channelsPerGroup + c) * height;
      const taps = (at1 * channelsPerGroup + c) * kernelHeight;
      for (let i = 0; i < kernelHeight; i++) {
        const row = at2 * strideY - paddingY + i * dilationY;
        if (row >= 0 && row < height) {
          for (let j = 0; j < kernelWidth; j++) {
            const column = at3 * strideX - paddingX + j * dilationX;
            if (column >= 0 && column < width) {
              total = total + input[(plane + row) * width + column] * weight[(taps + i) * kernelWidth + j];
            }
          }
        }
      }
    }
    return total;`;

const forward: KernelSource = {
  name: "conv2d",
  arrays: ["input", "weight"],
  integers: geometry,
  numbers: [],
  body: forwardBody("0"),
};

const forwardWithBias: KernelSource = {
  name: "conv2d with bias",
  arrays: ["input", "weight", "bias"],
  integers: geometry,
  numbers: [],
  body: forwardBody("bias[at1]"),
};

const inputGrad: KernelSource = {
  name: "conv2dInputGrad",
  arrays: ["grad", "weight"],
  integers: geometry,
  numbers: [],
  body: `
    ${unravel("this.thread.x", "at", ["images", "channels", "height", "width"])}
    ${divide("at1", "channelsPerGroup", "group", "within")}
    let total = 0;
    for (let i = 0; i < kernelHeight; i++) {
      const down = at2 + paddingY - i * dilationY;
      const downOrZero = Math.max(0, down);
      ${divide("downOrZero", "strideY", "y", "offGridY")}
      if (down >= 0 && offGridY < 1 && y < outHeight) {
        for (let j = 0; j < kernelWidth; j++) {
          const right = at3 + paddingX - j * dilationX;
          const rightOrZero = Math.max(0, right);
          ${divide("rightOrZero", "strideX", "x", "offGridX")}
          if (right >= 0 && offGridX < 1 && x < outWidth) {
            for (let o = 0; o < outPerGroup; o++) {
              const channel = group * outPerGroup + o;
              const factor = weight[((channel * channelsPerGroup + within) * kernelHeight + i) * kernelWidth + j];
              total = total + factor * grad[((at0 * outChannels + channel) * outHeight + y) * outWidth + x];
            }
          }
        }
      }
    }
    return total;`,
};

const weightGrad: KernelSource = {
  name: "conv2dWeightGrad",
  arrays: ["input", "grad"],
  integers: [...geometry, "images", "imagesPerPart"],
  numbers: [],
  body: `
    ${unravel("this.thread.x", "at", ["parts", "outChannels", "channelsPerGroup", "kernelHeight", "kernelWidth"])}
    ${divide("at1", "outPerGroup", "group", "within")}
    const channel = group * channelsPerGroup + at2;
    let total = 0;
    for (let image = 0; image < imagesPerPart; image++) {
      const n = at0 * imagesPerPart + image;
      const inPlane = (n * channels + channel) * height;
      const outPlane = (n * outChannels + at1) * outHeight;
      for (let y = 0; y < outHeight; y++) {
        const row = y * strideY - paddingY + at3 * dilationY;
        if (row >= 0 && row < height) {
          for (let x = 0; x < outWidth; x++) {
            const column = x * strideX - paddingX + at4 * dilationX;
            if (column >= 0 && column < width) {
              total = total + input[(inPlane + row) * width + column] * grad[(outPlane + y) * outWidth + x];
            }
          }
        }
      }
    }
    return total;`,
};

/** Convolution. */
export const conv2d: Kernel<Conv2dCall> = (scratch, { input, weight, bias, output, options }) => {
  const inputs = [input, weight, ...(bias === undefined ? [] : [bias])].map((view) => scratch.contiguous(view));
  const source = bias === undefined ? forward : forwardWithBias;
  const numbers = geometryOf(input.shape, weight.shape, output.shape, options);
  return scratch.output(output, scratch.launch(source, output.shape, inputs, numbers));
};

/** Gradient of the input. */
export const conv2dInputGrad: Kernel<Conv2dInputGradCall> = (scratch, { grad, weight, output, options }) => {
  const inputs = [grad, weight].map((view) => scratch.contiguous(view));
  const numbers = geometryOf(output.shape, weight.shape, grad.shape, options);
  return scratch.output(output, scratch.launch(inputGrad, output.shape, inputs, numbers));
};

/** So many threads keep a GPU busy; with fewer weights, every image has threads of its own, whose results are added. */
const enoughThreads = 16_384;

/** Gradient of the weight. */
export const conv2dWeightGrad: Kernel<Conv2dWeightGradCall> = (scratch, { input, grad, output, options }) => {
  const inputs = [input, grad].map((view) => scratch.contiguous(view));
  const images = input.shape[0];
  const parts = sizeOf(output.shape) >= enoughThreads || images === 0 ? 1 : images;
  const numbers = [...geometryOf(input.shape, output.shape, grad.shape, options), images, images / parts];
  const partial = scratch.launch(weightGrad, [parts, ...output.shape], inputs, numbers);
  const flat = wholeView(partial.array, [parts, sizeOf(output.shape)]);
  return scratch.output(output, parts === 1 ? flat : scratch.fold("sum", identity, [flat], [0]));
};
