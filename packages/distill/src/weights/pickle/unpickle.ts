import { PickleMachine } from "./machine.js";
import { operations } from "./operations.js";
import {
  describeItem,
  PickledArray,
  PickledDtype,
  PickledGlobal,
  type PickleItem,
  type PickleValue,
} from "./values.js";

const stop = ".".charCodeAt(0);
const deepest = 64;

/**
 * Reads a pickle of plain data and NumPy arrays, protocols 0 to 5, as NumPy and PaddlePaddle write it. Nothing of Python
 * is run or imitated beyond that: a file that asks for any other global, object or class is refused. Arrays are copies in
 * row-major order and this machine's byte order; `int64` keeps its 64 bits, float16 its raw ones.
 * Source: CPython, Lib/pickletools.py; NumPy, `ndarray.__reduce__` and `dtype.__reduce__`.
 * @throws PickleError, with the offset, when the bytes are cut off or no such pickle, when they ask for a global that is
 *   not on the list (it is named), for an integer beyond 2^53, for more than 64 levels, or for far more than they hold
 */
export function unpickle(bytes: Uint8Array): PickleValue {
  const machine = new PickleMachine(bytes);
  for (;;) {
    const code = machine.input.opcode();
    if (code === stop) return checked(machine.finish(), machine);
    const operation = operations.get(code);
    if (operation === undefined)
      throw machine.error(`0x${code.toString(16).padStart(2, "0")} is no opcode of a pickle`);
    operation(machine);
  }
}

/**
 * Checks that a result is a tree of data: nothing in it is a global or an array without elements, nothing contains
 * itself, and what is shared does not unfold to more values than the file has bytes.
 */
function checked(result: PickleItem, machine: PickleMachine): PickleValue {
  let values = 0;
  const check = (item: PickleItem, depth: number): void => {
    if (depth > deepest) throw machine.error(`values lie more than ${deepest} levels deep, or contain themselves`);
    if (++values > machine.input.length)
      throw machine.error("shared values unfold to more than the file has bytes, or contain themselves");
    if (item instanceof PickledGlobal || item instanceof PickledDtype) {
      throw machine.error(`${describeItem(item)} stands where a value should be`);
    }
    if (item instanceof PickledArray && !item.filled) throw machine.error("an array has no elements and no shape");
    if (Array.isArray(item)) for (const inner of item) check(inner, depth + 1);
    if (item instanceof Map) for (const inner of item.values()) check(inner, depth + 1);
  };
  check(result, 0);
  return result as PickleValue;
}
