import { type Initializer, normalInitializer } from "@retort/autograd/nn";

/**
 * What Paddle gives the weight of a convolution that names no initializer: normal with standard deviation
 * √(2 / (inputs · kh · kw)). `inputs` are the channels of all groups together, so that a depthwise kernel starts smaller
 * than by He's rule. Source: Paddle's Conv2D.
 */
export function paddleNormal(inputs: number): Initializer {
  return (shape) => normalInitializer(Math.sqrt(2 / (inputs * shape[2] * shape[3])))(shape);
}
