import { longInteger, parseFloating, parseInteger, parseQuoted, parseUnicode } from "./literals.js";
import type { PickleMachine } from "./machine.js";
import { describeItem, type PickleItem } from "./values.js";

type Operation = (machine: PickleMachine) => void;

const newestProtocol = 5;

const push =
  (read: (machine: PickleMachine) => PickleItem): Operation =>
  (machine) =>
    machine.push(read(machine));

const refuse =
  (what: string): Operation =>
  (machine) => {
    throw machine.error(`${what}, which files of arrays do not need: refused`);
  };

/** A place in the memo, written as text. */
function placeOf(machine: PickleMachine): number {
  const place = parseInteger(machine.input.line(), machine);
  if (typeof place === "number" && place >= 0) return place;
  throw machine.error(`${place} is no place in the memo`);
}

const protocol: Operation = (machine) => {
  const version = machine.input.uint8();
  if (version > newestProtocol) throw machine.error(`protocol ${version}, expected at most ${newestProtocol}`);
};

const namedGlobal: Operation = (machine) => {
  const module = machine.input.line();
  machine.pushGlobal(module, machine.input.line());
};

const stackGlobal: Operation = (machine) => {
  const [module, name] = machine.popSome(2);
  if (typeof module === "string" && typeof name === "string") return machine.pushGlobal(module, name);
  throw machine.error(`a global is named by ${describeItem(module)} and ${describeItem(name)}, expected texts`);
};

const instance: Operation = (machine) => {
  namedGlobal(machine);
  throw machine.error("INST makes objects, which files of arrays do not need: refused");
};

/**
 * Every opcode of the protocols 0 to 5, by its byte (CPython: Lib/pickletools.py). Those that make objects of classes, or
 * take values from outside of the file, are refused.
 */
const table: readonly (readonly [code: number | string, operation: Operation])[] = [
  [0x80, protocol],
  // Frames only tell how far to read ahead.
  [0x95, ({ input }) => input.uint64()],

  // Stack and memo.
  ["(", (m) => m.mark()],
  ["0", (m) => m.drop()],
  ["1", (m) => m.popToMark()],
  ["2", push((m) => m.top())],
  ["p", (m) => m.remember(placeOf(m))],
  ["q", (m) => m.remember(m.input.uint8())],
  ["r", (m) => m.remember(m.input.uint32())],
  [0x94, (m) => m.remember()],
  ["g", (m) => m.recall(placeOf(m))],
  ["h", (m) => m.recall(m.input.uint8())],
  ["j", (m) => m.recall(m.input.uint32())],

  // Constants and numbers.
  ["N", push(() => null)],
  [0x88, push(() => true)],
  [0x89, push(() => false)],
  ["I", push((m) => parseInteger(m.input.line(), m))],
  ["L", push((m) => parseInteger(m.input.line(), m))],
  ["J", push((m) => m.input.int32())],
  ["K", push((m) => m.input.uint8())],
  ["M", push((m) => m.input.uint16())],
  [0x8a, push((m) => longInteger(m.input.take(m.input.uint8()), m))],
  [0x8b, push((m) => longInteger(m.input.take(m.input.uint32()), m))],
  ["F", push((m) => parseFloating(m.input.line(), m))],
  ["G", push((m) => m.input.float64())],

  // Text and bytes. Strings of Python 2 are read as Latin-1, as PaddlePaddle reads them.
  ["S", push((m) => parseQuoted(m.input.line(), m))],
  ["T", push((m) => m.input.latin1(m.input.uint32()))],
  ["U", push((m) => m.input.latin1(m.input.uint8()))],
  ["V", push((m) => parseUnicode(m.input.line(), m))],
  ["X", push((m) => m.input.utf8(m.input.uint32()))],
  [0x8c, push((m) => m.input.utf8(m.input.uint8()))],
  [0x8d, push((m) => m.input.utf8(m.input.uint64()))],
  ["B", push((m) => m.input.take(m.input.uint32()))],
  ["C", push((m) => m.input.take(m.input.uint8()))],
  [0x8e, push((m) => m.input.take(m.input.uint64()))],
  [0x96, push((m) => m.input.take(m.input.uint64()))],

  // Lists, tuples, dictionaries.
  ["]", push(() => [])],
  ["l", push((m) => m.popToMark())],
  ["a", (m) => m.append([m.pop()])],
  ["e", (m) => m.append(m.popToMark())],
  [")", (m) => m.pushTuple([])],
  ["t", (m) => m.pushTuple(m.popToMark())],
  [0x85, (m) => m.pushTuple(m.popSome(1))],
  [0x86, (m) => m.pushTuple(m.popSome(2))],
  [0x87, (m) => m.pushTuple(m.popSome(3))],
  ["}", (m) => m.pushDictionary()],
  ["d", (m) => m.pushDictionary(m.popToMark())],
  ["s", (m) => m.setItems(m.popSome(2))],
  ["u", (m) => m.setItems(m.popToMark())],

  // Globals and what is done with them.
  ["c", namedGlobal],
  [0x93, stackGlobal],
  ["R", (m) => m.call()],
  ["b", (m) => m.build()],
  ["i", instance],
  ["o", refuse("OBJ makes objects")],
  [0x81, refuse("NEWOBJ makes objects")],
  [0x92, refuse("NEWOBJ_EX makes objects")],
  ["P", refuse("PERSID names an object outside of the file")],
  ["Q", refuse("BINPERSID names an object outside of the file")],
  [0x82, refuse("EXT1 names an object by its number")],
  [0x83, refuse("EXT2 names an object by its number")],
  [0x84, refuse("EXT4 names an object by its number")],
  [0x8f, refuse("EMPTY_SET makes a set")],
  [0x90, refuse("ADDITEMS fills a set")],
  [0x91, refuse("FROZENSET makes a set")],
  [0x97, refuse("NEXT_BUFFER takes bytes from outside of the file")],
  [0x98, refuse("READONLY_BUFFER belongs to bytes from outside of the file")],
];

/** Operations by their opcode. */
export const operations: ReadonlyMap<number, Operation> = new Map(
  table.map(([code, operation]) => [typeof code === "string" ? code.charCodeAt(0) : code, operation]),
);
