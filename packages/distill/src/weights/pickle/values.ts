import type { HostArray, HostData, HostDtype } from "@retort/tensor";

/** What the keys of a pickled dictionary may be. */
export type PickleKey = string | number;

/**
 * What a pickle may hold: None, numbers, text, bytes, NumPy arrays, lists, tuples (frozen arrays), dictionaries (in the
 * order of the file). Integers are exact.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | HostArray
  | readonly PickleValue[]
  | ReadonlyMap<PickleKey, PickleValue>;

const nothing = new Uint8Array(0);

/** A NumPy array, whose elements come after it was made. */
export class PickledArray implements HostArray {
  dtype: HostDtype = "uint8";
  shape: number[] = [];
  data: HostData = nothing;

  /** Whether the elements have come. */
  get filled(): boolean {
    return this.data !== nothing;
  }
}

/** A NumPy element type, whose byte order comes after it was made. */
export class PickledDtype {
  readonly dtype: HostDtype;
  bigEndian = false;

  constructor(dtype: HostDtype) {
    this.dtype = dtype;
  }
}

/** What a function that a pickle calls sees of the machine. */
export interface PickleContext {
  /** The error of the opcode that is being carried out. */
  error(problem: string): Error;
  /**
   * Counts bytes or items that are about to be copied. Honest pickles copy each of theirs a few times; this bounds those
   * that name the same bytes over and over.
   * @throws PickleError above that
   */
  spend(count: number): void;
}

/** A global of the allow-list. */
export class PickledGlobal {
  readonly name: string;
  readonly call: (args: readonly PickleItem[], context: PickleContext) => PickleItem;

  constructor(name: string, call: PickledGlobal["call"]) {
    this.name = name;
    this.call = call;
  }
}

/** What lies on the stack while a pickle is read. */
export type PickleItem =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickledArray
  | PickledDtype
  | PickledGlobal
  | PickleItem[]
  | Map<PickleKey, PickleItem>;

/** A text as it is shown in messages. */
export function shortened(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

/** A value as it is shown in messages. */
export function describeItem(item: PickleItem | PickleValue): string {
  if (item === null) return "None";
  if (typeof item === "string") return `the text ${shortened(item)}`;
  if (typeof item !== "object") return `${item}`;
  if (item instanceof Uint8Array) return `${item.length} bytes`;
  if (item instanceof PickledGlobal) return item.name;
  if (item instanceof PickledDtype) return `the element type ${item.dtype}`;
  if (item instanceof Map) return `a dictionary of ${item.size}`;
  if (Array.isArray(item)) return `a ${Object.isFrozen(item) ? "tuple" : "list"} of ${item.length}`;
  return "an array";
}
