// Times an ONNX file in onnxruntime-node on images of noise:
//   node bench/onnx-inference.mjs FILE BATCH HEIGHT WIDTH THREADS STEPS
// Prints `step SECONDSs`, the median of STEPS passes after one that is not counted, and `peak BYTES`, the largest resident
// memory of the process.
import { InferenceSession, Tensor } from "onnxruntime-node";

const [file, ...numbers] = process.argv.slice(2);
const [batch, height, width, threads, steps] = numbers.map(Number);
const session = await InferenceSession.create(file, { intraOpNumThreads: threads, interOpNumThreads: 1 });
const values = Float32Array.from({ length: batch * 3 * height * width }, (_, i) => Math.sin(i));
const feeds = { [session.inputNames[0]]: new Tensor("float32", values, [batch, 3, height, width]) };
const seconds = [];
for (let i = 0; i <= steps; i++) {
  const begun = performance.now();
  await session.run(feeds);
  seconds.push((performance.now() - begun) / 1000);
}
const sorted = seconds.slice(1).sort((a, b) => a - b);
console.log(`step ${sorted[Math.floor(sorted.length / 2)].toFixed(6)}s`);
console.log(`peak ${1024 * process.resourceUsage().maxRSS}`);
