import type {
  AvgPool2dCall,
  AvgPool2dGradCall,
  MaxPool2dCall,
  MaxPool2dGradCall,
  Pool2dWindow,
} from "../../kernels/pool2d/call.js";
import type { Shape } from "../../shape.js";
import type { KernelSource } from "../gpu-js.js";
import type { Kernel } from "../scratch.js";
import { divide, unravel } from "../source.js";

const geometry = [
  "height",
  "width",
  "outHeight",
  "outWidth",
  "kernelHeight",
  "kernelWidth",
  "strideY",
  "strideX",
  "paddingY",
  "paddingX",
];

function geometryOf(input: Shape, output: Shape, { kernel, stride, padding }: Pool2dWindow): number[] {
  return [...input.slice(2), ...output.slice(2), ...kernel, ...stride, ...padding];
}

/** Visits the elements of the window of output (plane at0, at1, at2), with their position in the plane. */
const eachInWindow = (body: string): string => `
    for (let i = 0; i < kernelHeight; i++) {
      const row = at1 * strideY - paddingY + i;
      if (row >= 0 && row < height) {
        for (let j = 0; j < kernelWidth; j++) {
          const column = at2 * strideX - paddingX + j;
          if (column >= 0 && column < width) {
            const place = row * width + column;
            const value = input[at0 * height * width + place];
            ${body}
          }
        }
      }
    }`;

const outputPosition = unravel("this.thread.x", "at", ["planes", "outHeight", "outWidth"]);

const largestPosition: KernelSource = {
  name: "maxPool2d positions",
  arrays: ["input"],
  integers: geometry,
  numbers: [],
  body: `${outputPosition}
    const top = Math.max(0, at1 * strideY - paddingY);
    const left = Math.max(0, at2 * strideX - paddingX);
    let position = top * width + left;
    let best = input[at0 * height * width + position];
    ${eachInWindow("if (value > best || (value !== value && best === best)) { best = value; position = place; }")}
    return position;`,
};

const atPosition: KernelSource = {
  name: "maxPool2d values",
  arrays: ["input", "positions"],
  integers: ["planeLength", "outPlaneLength"],
  numbers: [],
  body: `${divide("this.thread.x", "outPlaneLength", "plane", "within")}
    return input[plane * planeLength + positions[this.thread.x]];`,
};

/** How many elements the window of output (y, x) counts. */
const windowCount = (y: string, x: string): string => `
    const top = ${y} * strideY - paddingY;
    const left = ${x} * strideX - paddingX;
    const bottom = Math.min(top + kernelHeight, height + paddingY);
    const right = Math.min(left + kernelWidth, width + paddingX);
    let count = (bottom - top) * (right - left);
    if (exclusive > 0) {
      count = (Math.min(bottom, height) - Math.max(top, 0)) * (Math.min(right, width) - Math.max(left, 0));
    }`;

const mean: KernelSource = {
  name: "avgPool2d",
  arrays: ["input"],
  integers: [...geometry, "exclusive"],
  numbers: [],
  body: `${outputPosition}
    ${windowCount("at1", "at2")}
    let total = 0;
    ${eachInWindow("total = total + value;")}
    return total / count;`,
};

/** Adds up something of every output (y, x), at position `at` of its array, whose window holds an element of the input. */
const eachWindow = (body: string): string => `
    ${unravel("this.thread.x", "at", ["planes", "height", "width"])}
    let total = 0;
    for (let i = 0; i < kernelHeight; i++) {
      const down = at1 + paddingY - i;
      const downOrZero = Math.max(0, down);
      ${divide("downOrZero", "strideY", "y", "offGridY")}
      if (down >= 0 && offGridY < 1 && y < outHeight) {
        for (let j = 0; j < kernelWidth; j++) {
          const across = at2 + paddingX - j;
          const acrossOrZero = Math.max(0, across);
          ${divide("acrossOrZero", "strideX", "x", "offGridX")}
          if (across >= 0 && offGridX < 1 && x < outWidth) {
            const output = (at0 * outHeight + y) * outWidth + x;
            ${body}
          }
        }
      }
    }
    return total;`;

const meanGrad: KernelSource = {
  name: "avgPool2dGrad",
  arrays: ["grad"],
  integers: [...geometry, "exclusive"],
  numbers: [],
  body: eachWindow(`${windowCount("y", "x")}
            total = total + grad[output] / count;`),
};

const largestGrad: KernelSource = {
  name: "maxPool2dGrad",
  arrays: ["grad", "positions"],
  integers: geometry,
  numbers: [],
  body: eachWindow(`const position = positions[output];
            const share = grad[output];
            if (position === at1 * width + at2) { total = total + share; }`),
};

/** Largest elements: positions first, then what lies there. */
export const maxPool2d: Kernel<MaxPool2dCall> = (scratch, { input, output, indices, window }) => {
  const x = scratch.contiguous(input);
  const positions = scratch.launch(largestPosition, output.shape, [x], geometryOf(input.shape, output.shape, window));
  const [planeLength, outPlaneLength] = [input, output].map(({ shape }) => shape[2] * shape[3]);
  const values = scratch.launch(atPosition, output.shape, [x, positions], [planeLength, outPlaneLength]);
  scratch.output(indices, positions);
  return scratch.output(output, values);
};

/** Gradient of the largest elements. Without the window it would have to look at every output for every input. */
export const maxPool2dGrad: Kernel<MaxPool2dGradCall> = (scratch, { grad, indices, output, window }) => {
  if (window === undefined) return false;
  const inputs = [grad, indices].map((view) => scratch.contiguous(view));
  const numbers = geometryOf(output.shape, grad.shape, window);
  return scratch.output(output, scratch.launch(largestGrad, output.shape, inputs, numbers));
};

/** Means. */
export const avgPool2d: Kernel<AvgPool2dCall> = (scratch, { input, output, window, exclusive }) => {
  const numbers = [...geometryOf(input.shape, output.shape, window), Number(exclusive)];
  return scratch.output(output, scratch.launch(mean, output.shape, [scratch.contiguous(input)], numbers));
};

/** Gradient of means. */
export const avgPool2dGrad: Kernel<AvgPool2dGradCall> = (scratch, { grad, output, window, exclusive }) => {
  const numbers = [...geometryOf(output.shape, grad.shape, window), Number(exclusive)];
  return scratch.output(output, scratch.launch(meanGrad, output.shape, [scratch.contiguous(grad)], numbers));
};
