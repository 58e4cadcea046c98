import { fromBuffer, latin1Bytes, makeArray, makeDtype, makeScalar } from "./numpy.js";
import {
  describeItem,
  type PickleContext,
  PickledGlobal,
  type PickleItem,
  type PickleKey,
  shortened,
} from "./values.js";

type Call = PickledGlobal["call"];

/** `_codecs.encode(text, "latin1")`: how protocols below 3 write bytes. */
const encode: Call = ([text, encoding], context) => {
  if (typeof text === "string" && encoding === "latin1") return latin1Bytes(text, context);
  throw context.error(
    `_codecs.encode makes only Latin-1 of text here, not ${describeItem(encoding ?? null)} of ${describeItem(text ?? null)}`,
  );
};

/** `bytes()`: how protocols below 3 write no bytes at all. */
const noBytes: Call = (args, context) => {
  if (args.length === 0) return new Uint8Array(0);
  throw context.error(`bytes() makes only empty bytes here, not ${describeItem(args[0])}`);
};

/** `tuple((name, array))`: how PaddlePaddle writes a tensor outside of a state dict. */
const tuple: Call = ([items = []], context) => {
  if (!Array.isArray(items)) throw context.error(`expected the items of a tuple, found ${describeItem(items)}`);
  context.spend(items.length);
  return Object.freeze([...items]) as PickleItem[];
};

const orderedDict: Call = ([items = []], context) => {
  if (!Array.isArray(items)) throw context.error(`expected pairs of an OrderedDict, found ${describeItem(items)}`);
  context.spend(items.length);
  const dictionary = new Map<PickleKey, PickleItem>();
  for (const pair of items) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw context.error(`expected a pair of an OrderedDict, found ${describeItem(pair)}`);
    }
    dictionary.set(keyOf(pair[0], context), pair[1]);
  }
  return dictionary;
};

const type: Call = (_, context) => {
  throw context.error("numpy.ndarray is not called by the files of NumPy");
};

const calls: Readonly<Record<string, Call>> = {
  "numpy.core.multiarray._reconstruct": makeArray,
  "numpy._core.multiarray._reconstruct": makeArray,
  "numpy.core.multiarray.scalar": makeScalar,
  "numpy._core.multiarray.scalar": makeScalar,
  "numpy.core.numeric._frombuffer": fromBuffer,
  "numpy._core.numeric._frombuffer": fromBuffer,
  "numpy.ndarray": type,
  "numpy.dtype": makeDtype,
  "_codecs.encode": encode,
  "collections.OrderedDict": orderedDict,
  "builtins.bytes": noBytes,
  "__builtin__.bytes": noBytes,
  "builtins.tuple": tuple,
  "__builtin__.tuple": tuple,
};

/**
 * What a global of Python stands for: one of a short list that files of arrays need, none of which does anything but
 * make data.
 * @throws PickleError naming any other
 */
export function findGlobal(module: string, name: string, context: PickleContext): PickledGlobal {
  const full = `${module}.${name}`;
  if (Object.hasOwn(calls, full)) return new PickledGlobal(full, calls[full]);
  throw context.error(
    `refused: the file asks for the Python global ${shortened(full)}, which is none of those that arrays need. ` +
      "Loaded by Python, it could run any code; nothing was run",
  );
}

/** The key of a dictionary. @throws PickleError when it is neither text nor a number */
export function keyOf(item: PickleItem, context: PickleContext): PickleKey {
  if (typeof item === "string" || typeof item === "number") return item;
  throw context.error(`a dictionary has the key ${describeItem(item)}, expected text or a number`);
}
