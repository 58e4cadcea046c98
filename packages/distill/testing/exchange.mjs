// What one rank does in the test of communicators: every exchange once; rank 0 prints what all ranks found, as JSON.
import { joinRanks } from "@retort/distill/parallel";
import { cpu, Tensor, zeros } from "@retort/tensor";
import { toNdarray } from "@retort/tensor/ndarray";

const ranks = await joinRanks();
const { rank, size } = ranks;
const found = { rank, size };

// In the heap, at an address behind its start, and again after the heap has grown.
const inHeap = (length) => toNdarray(zeros([length])).data;
const before = inHeap(1000);
Tensor.allocate(cpu(), "float32", [50_000_000]);
const after = inHeap(1000);
for (const values of [before, after]) values.set(Float32Array.from(values, (_, i) => (rank + 1) * 0.1 + i / 7));
ranks.allReduce(before);
const exchange = ranks.startAllReduce(after);
exchange.test();
exchange.wait();
exchange.wait();
found.sums = [before, after].map((values) => Buffer.from(values.slice().buffer).toString("base64"));

const largest = Float64Array.of(rank, -rank, Math.PI * (rank + 1));
ranks.allReduce(largest, "max");
found.largest = [...largest];

const told = Float64Array.of(rank + 0.5);
ranks.broadcast(told, size - 1);
found.told = told[0];

found.texts = ranks.gather(`${"é€".repeat(rank)}\n`);
ranks.barrier();

// The traps of WebAssembly must outlive MPI's signal handlers.
const outOfBounds = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 0, 7, 7, 1, 3, 114, 117, 110, 0, 0, 10, 10, 1,
  8, 0, 65, 0, 45, 0, 0, 26, 11,
]);
try {
  new WebAssembly.Instance(new WebAssembly.Module(outOfBounds)).exports.run();
} catch (error) {
  found.trap = error.name;
}

if (rank === 0) console.log(JSON.stringify(ranks.gather(JSON.stringify(found)).map((text) => JSON.parse(text))));
else ranks.gather(JSON.stringify(found));
ranks.close();
