import { PickleBytes } from "./bytes.js";
import type { PickleError } from "./error.js";
import { findGlobal, keyOf } from "./globals.js";
import { setArray, setDtype } from "./numpy.js";
import {
  describeItem,
  type PickleContext,
  PickledArray,
  PickledDtype,
  PickledGlobal,
  type PickleItem,
  type PickleKey,
} from "./values.js";

/** Honest pickles copy each of their bytes at most so many times. */
const copies = 2;

/** Stack, marks and memo of a pickle that is being read. Every operation checks what it finds there. */
export class PickleMachine implements PickleContext {
  readonly input: PickleBytes;
  private readonly stack: PickleItem[] = [];
  /** Heights of the stack where MARK was. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleItem>();
  private spent = 0;

  constructor(bytes: Uint8Array) {
    this.input = new PickleBytes(bytes);
  }

  error(problem: string): PickleError {
    return this.input.error(problem);
  }

  spend(count: number): void {
    this.spent += count;
    if (this.spent <= copies * this.input.length) return;
    throw this.error(`values are copied so often that they are larger than the file of ${this.input.length} bytes`);
  }

  push(item: PickleItem): void {
    this.stack.push(item);
  }

  /** Pushes a tuple. */
  pushTuple(items: PickleItem[]): void {
    this.stack.push(Object.freeze(items) as PickleItem[]);
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** Takes the top of the stack off; nothing below the last mark is taken. */
  pop(): PickleItem {
    this.checkHeight(1);
    return this.stack.pop() as PickleItem;
  }

  /** Takes the top off, be it a value or a mark. */
  drop(): void {
    if (this.marks.at(-1) === this.stack.length) this.marks.pop();
    else this.pop();
  }

  top(): PickleItem {
    this.checkHeight(1);
    return this.stack[this.stack.length - 1];
  }

  /** Takes so many values off, the lowest first. */
  popSome(count: number): PickleItem[] {
    this.checkHeight(count);
    return this.stack.splice(this.stack.length - count);
  }

  /** Takes off everything above the last mark, and the mark. */
  popToMark(): PickleItem[] {
    const start = this.marks.pop();
    if (start === undefined) throw this.error("there is no mark on the stack");
    return this.stack.splice(start);
  }

  /** Stores the top of the stack in the memo, at the next free place unless one is given. */
  remember(place: number = this.memo.size): void {
    this.memo.set(place, this.top());
  }

  recall(place: number): void {
    const item = this.memo.get(place);
    if (item === undefined) throw this.error(`nothing is stored under ${place}`);
    this.push(item);
  }

  pushGlobal(module: string, name: string): void {
    this.push(findGlobal(module, name, this));
  }

  /** Calls a global with a tuple of arguments, both from the stack. */
  call(): void {
    const [called, args] = this.popSome(2);
    if (!(called instanceof PickledGlobal)) throw this.error(`${describeItem(called)} cannot be called`);
    if (!Array.isArray(args)) throw this.error(`${called.name} is called with ${describeItem(args)}, not a tuple`);
    this.push(called.call(args, this));
  }

  /** Gives the object below the top the state on top. */
  build(): void {
    const state = this.pop();
    const target = this.top();
    if (target instanceof PickledArray) setArray(target, state, this);
    else if (target instanceof PickledDtype) setDtype(target, state, this);
    else throw this.error(`${describeItem(target)} takes no state`);
  }

  /** Adds items to the list on top. */
  append(items: readonly PickleItem[]): void {
    const list = this.top();
    if (!Array.isArray(list) || Object.isFrozen(list))
      throw this.error(`nothing can be added to ${describeItem(list)}`);
    for (const item of items) list.push(item);
  }

  /** Sets keys of the dictionary on top: key, value, key, value ... */
  setItems(items: readonly PickleItem[]): void {
    const dictionary = this.top();
    if (!(dictionary instanceof Map)) throw this.error(`no key can be set in ${describeItem(dictionary)}`);
    if (items.length % 2 === 1)
      throw this.error(`a dictionary is given ${items.length} keys and values, an odd number`);
    for (let i = 0; i < items.length; i += 2) dictionary.set(keyOf(items[i], this), items[i + 1]);
  }

  /** A new dictionary of key, value, key, value ... */
  pushDictionary(items: readonly PickleItem[] = []): void {
    this.push(new Map<PickleKey, PickleItem>());
    this.setItems(items);
  }

  /** The result: all that is left. */
  finish(): PickleItem {
    const { stack, marks, input } = this;
    if (stack.length !== 1 || marks.length > 0) {
      throw this.error(`the pickle ends with ${stack.length} values and ${marks.length} marks instead of one value`);
    }
    if (input.left > 0) throw this.error(`${input.left} bytes follow the end of the pickle`);
    return stack[0];
  }

  private checkHeight(count: number): void {
    const height = this.stack.length - (this.marks.at(-1) ?? 0);
    if (height < count) throw this.error(`${count} values are needed from the stack, ${height} are there`);
  }
}
