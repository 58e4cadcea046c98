import { CONTROL_WORDS, control, MESSAGE_LIMIT, NO_MORE_BLOCKS } from "./control.js";

/** Looks at the signal before a worker goes to sleep: about a millisecond, longer than the calling thread takes between two operations of a step. */
const SPINS = 100_000;

/** The script of a worker: plain JavaScript in a string, so that bundlers need not find a file. */
export const workerSource: string = `"use strict";
const c = ${JSON.stringify(control)};
const begin = ({ memory, address, index }) => {
  const words = new Int32Array(memory.buffer, address, ${CONTROL_WORDS});
  const kernels = new Map();
  const load = (id) => {
    if (!kernels.has(id)) {
      memory.grow(0); // refreshes memory.buffer when another thread has grown it
      const bytes = new Uint8Array(memory.buffer, words[c.kernelAddress] >>> 0, words[c.kernelBytes]).slice();
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
      kernels.set(id, instance.exports.run);
    }
    return kernels.get(id);
  };
  const work = () => {
    const run = load(words[c.kernel]);
    const count = words[c.count], grain = words[c.grain], args = words[c.args];
    const scratch = (words[c.scratch] >>> 0) + (index + 1) * words[c.scratchStride];
    for (;;) {
      const start = Atomics.add(words, c.next, 1) * grain;
      if (start >= count) return;
      run(start, Math.min(start + grain, count), scratch, args);
    }
  };
  const fail = (error) => {
    const message = String(error && error.message || error).slice(0, ${MESSAGE_LIMIT});
    for (let i = 0; i < message.length; i++) words[c.message + i] = message.charCodeAt(i);
    words[c.messageLength] = message.length;
    Atomics.store(words, c.failed, 1);
    Atomics.store(words, c.next, ${NO_MORE_BLOCKS});
  };
  const join = () => {
    Atomics.add(words, c.active, 1);
    if (Atomics.load(words, c.open) === 1 && index < words[c.workers]) {
      try { work(); } catch (error) { fail(error); }
    }
    Atomics.sub(words, c.active, 1);
    if (Atomics.load(words, c.waiting) === 1) Atomics.notify(words, c.active);
  };
  let seen = Atomics.load(words, c.signal);
  Atomics.add(words, c.ready, 1);
  for (;;) {
    let spins = 0;
    while (Atomics.load(words, c.signal) === seen) {
      if (++spins < ${SPINS}) continue;
      Atomics.add(words, c.parked, 1);
      Atomics.wait(words, c.signal, seen);
      Atomics.sub(words, c.parked, 1);
    }
    seen = Atomics.load(words, c.signal);
    join();
  }
};
const node = globalThis.process && process.getBuiltinModule && process.getBuiltinModule("node:worker_threads");
if (node) begin(node.workerData);
else onmessage = ({ data }) => begin(data);
`;
