import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pickled, raw } from "../../../testing/pickled.js";
import { PickleError } from "./error.js";
import { unpickle } from "./unpickle.js";
import type { PickleValue } from "./values.js";

/** A pickle of protocol 2 that ends as it should. */
const read = (text: string): unknown => unpickle(raw(`\x80\x02${text}.`));
/** A text of less than 256 bytes. */
const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`;

/** The error that a pickle gives. */
function refusal(bytes: Uint8Array): PickleError {
  try {
    unpickle(bytes);
  } catch (error) {
    if (error instanceof PickleError) return error;
    throw error;
  }
  throw new Error("the pickle was read");
}
const problem = (text: string): string => refusal(raw(`\x80\x02${text}.`)).message;

describe("values", () => {
  // Written by hand from the documentation of the opcodes in CPython's pickletools.
  const cases: [what: string, text: string, value: unknown][] = [
    ["None", "N", null],
    ["booleans", "\x88\x89\x86", [true, false]],
    ["booleans of protocol 0", "I01\nI00\n\x86", [true, false]],
    ["integers of one, two and four bytes", "K\xffM\xff\xffJ\xff\xff\xff\xff\x87", [255, 65535, -1]],
    ["integers as text", "I-12\nL34L\n\x86", [-12, 34]],
    ["long integers", "\x8a\x00\x8a\x01\x80\x8b\x02\x00\x00\x00\xff\x00\x87", [0, -128, 255]],
    ["the largest exact integer", "\x8a\x07\xff\xff\xff\xff\xff\xff\x1f", 2 ** 53 - 1],
    ["a float", "G\x3f\xf8\x00\x00\x00\x00\x00\x00", 1.5],
    ["floats as text", "F1e-05\nF-inf\nFnan\n\x87", [1e-5, Number.NEGATIVE_INFINITY, Number.NaN]],
    [
      "text of any length",
      "X\x02\x00\x00\x00\xc3\xa9\x8c\x01a\x8d\x01\x00\x00\x00\x00\x00\x00\x00b\x87",
      ["é", "a", "b"],
    ],
    ["text that begins with a byte order mark", "X\x04\x00\x00\x00\xef\xbb\xbfa", "\ufeffa"],
    ["text of protocol 0", "Va\\u00e9\\U0001f600\\x\xe9\n", "aé\u{1f600}\\xé"],
    ["strings of Python 2", "T\x02\x00\x00\x00\x80\xe9U\x01b\x86", ["\x80é", "b"]],
    ["strings of Python 2 in quotes", "S'a\\n\\'\\x80\\101\\\\'\nS\"it's\"\n\x86", ["a\n'\x80A\\", "it's"]],
    [
      "bytes",
      "B\x01\x00\x00\x00\x01C\x01\x02\x8e\x01\x00\x00\x00\x00\x00\x00\x00\x03\x87",
      [[1], [2], [3]].map((b) => Uint8Array.from(b)),
    ],
    ["a bytearray", "\x96\x02\x00\x00\x00\x00\x00\x00\x00\x01\x02", Uint8Array.of(1, 2)],
    ["lists", "](K\x01K\x02eK\x03a(K\x04l\x86", [[1, 2, 3], [4]]],
    ["tuples", "()K\x01\x85(K\x02tt", [[], [1], [2]]],
    [
      "dictionaries",
      "}U\x01aK\x01s(K\x02K\x03u",
      new Map<string | number, number>([
        ["a", 1],
        [2, 3],
      ]),
    ],
    ["a dictionary of protocol 0", "(U\x01aK\x01d", new Map([["a", 1]])],
    ["the memo", "K\x01q\x00K\x02r\x00\x01\x00\x00p2\n00h\x00j\x00\x01\x00\x00g2\n\x87", [1, 2, 2]],
    ["places that count themselves", "K\x07\x94K\x08\x94h\x00h\x01\x86\x87", [7, 8, [7, 8]]],
    ["what is dropped", "K\x01K\x020(K\x03(021", 1],
    ["a frame", "\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x05", 5],
    ["an OrderedDict", "ccollections\nOrderedDict\n)R(U\x01aK\x01u", new Map([["a", 1]])],
    ["an OrderedDict of pairs", "ccollections\nOrderedDict\n](U\x01aK\x01\x86e\x85R", new Map([["a", 1]])],
    ["a tuple that is called", "cbuiltins\ntuple\n](K\x01K\x02e\x85R", [1, 2]],
    ["no bytes, as protocol 2 has them", "c__builtin__\nbytes\n)R", new Uint8Array(0)],
    [
      "bytes as protocol 2 has them",
      "c_codecs\nencode\nX\x03\x00\x00\x00\xc3\xbfaU\x06latin1\x86R",
      Uint8Array.of(255, 97),
    ],
  ];
  test.each(cases)("%s", (_, text, value) => expect(read(text)).toEqual(value));

  test("text, numbers and their nesting come back as they were written", () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.double(),
        fc.string({ unit: "grapheme" }),
        fc.uint8Array(),
        fc.array(tie("value")),
        fc.array(fc.tuple(fc.string(), tie("value"))).map((pairs) => new Map(pairs)),
      ),
    }));
    fc.assert(
      fc.property(value, (wanted) => {
        expect(unpickle(pickled(wanted as PickleValue))).toEqual(wanted);
      }),
    );
  });
});

describe("what is not data is refused by name, and nothing of it runs", () => {
  const cases: [what: string, text: string, message: string][] = [
    ["a function", "cos\nsystem\nU\x02ls\x85R", '"os.system"'],
    ["eval", "cbuiltins\neval\nU\x01x\x85R", '"builtins.eval"'],
    ["a global named on the stack", `${short("subprocess")}${short("Popen")}\x93`, '"subprocess.Popen"'],
    ["a dotted name", `${short("numpy")}${short("load")}\x93`, '"numpy.load"'],
    ["a name of JavaScript", `${short("constructor")}${short("constructor")}\x93`, '"constructor.constructor"'],
    ["an instance", "(ios\nsystem\n", '"os.system"'],
    ["an instance of what is known", "(icollections\nOrderedDict\n", "INST makes objects"],
    ["an object of what is known", "ccollections\nOrderedDict\n)\x81", "NEWOBJ makes objects"],
    ["OBJ", "(o", "OBJ makes objects"],
    ["NEWOBJ_EX", "\x92", "NEWOBJ_EX makes objects"],
    ["an object by its number", "\x82\x01", "EXT1 names an object"],
    ["an object outside of the file", "P1\n", "PERSID names an object"],
    ["bytes outside of the file", "\x97", "NEXT_BUFFER takes bytes from outside"],
    ["a set", "\x8f", "EMPTY_SET makes a set"],
    ["a global as a value", "cnumpy\nndarray\n", "numpy.ndarray stands where a value should be"],
    ["a call of a class", "cnumpy\nndarray\n)R", "numpy.ndarray is not called"],
    ["a call of data", "K\x01)R", "1 cannot be called"],
    ["state for data", "]N b".replace(" ", ""), "a list of 0 takes no state"],
    [
      "another encoding",
      "c_codecs\nencode\nU\x01aU\x05rot13\x86R",
      '_codecs.encode makes only Latin-1 of text here, not the text "rot13"',
    ],
    ["bytes() of something", "c__builtin__\nbytes\nK\x05\x85R", "bytes() makes only empty bytes here, not 5"],
  ];
  test.each(cases)("%s", (_, text, message) => expect(problem(text)).toContain(message));
});

describe("what is broken is refused, with its place", () => {
  const cases: [what: string, text: string, message: string][] = [
    ["an unknown opcode", "\xff", "0xff is no opcode of a pickle (at byte 2)"],
    ["a protocol to come", "\x80\x06", "protocol 6, expected at most 5 (at byte 2)"],
    ["text that is too short", "X\x09\x00\x00\x00a", "9 more bytes should follow, 2 are there (at byte 2)"],
    [
      "a length beyond all files",
      "\x8e\xff\xff\xff\xff\xff\xff\xff\xff",
      "18446744073709551615 more bytes should follow, 1 are there",
    ],
    ["a line without end", "Kac", "the file ends within a line of text (at byte 4)"],
    ["text that is not UTF-8", "U\x00X\x01\x00\x00\x00\xff", "the text is not UTF-8 (at byte 4)"],
    ["text without quotes", "S'a\n", `the text "'a" is not in quotes`],
    ["a character beyond Unicode", "V\\U00110000\n", "there is no character 110000"],
    ["a place that is empty", "h\x05", "nothing is stored under 5"],
    ["a place that is none", "g-1\n", "-1 is no place in the memo"],
    ["a stack that is empty", "K\x01\x86", "2 values are needed from the stack, 1 are there"],
    ["values below a mark", "K\x01(K\x02\x86", "2 values are needed from the stack, 1 are there"],
    ["a mark that is missing", "t", "there is no mark on the stack"],
    ["more than one value", "K\x01K\x02", "the pickle ends with 2 values and 0 marks"],
    ["a mark that is left", "K\x01(", "the pickle ends with 1 values and 1 marks"],
    ["an odd number of keys and values", "}(K\x01u", "1 keys and values, an odd number"],
    ["a key that is none", "}]N s".replace(" ", ""), "a dictionary has the key a list of 0"],
    ["a tuple that is added to", ")K\x01a", "nothing can be added to a tuple of 0"],
    ["a list that gets a key", "]K\x01K\x02s", "no key can be set in a list of 0"],
    [
      "an integer that is not exact",
      "\x8a\x07\x00\x00\x00\x00\x00\x00\x20",
      "the integer 9007199254740992 is beyond 2^53",
    ],
    ["an integer without bounds", `\x8a\x09${"\xff".repeat(9)}`, "an integer of 9 bytes is beyond 2^53"],
    ["an integer of many digits", `I${"9".repeat(40)}\n`, "is no integer"],
    ["a number with many digits", `F${"9".repeat(70)}\n`, "is no number"],
  ];
  test.each(cases)("%s", (_, text, message) => expect(problem(text)).toContain(message));

  test("nothing, and a file of another kind", () => {
    expect(refusal(new Uint8Array(0)).message).toBe("pickle: 1 more bytes should follow, 0 are there (at byte 0)");
    expect(refusal(raw("PK\x03\x04 a zip file")).message).toContain("PERSID names an object outside of the file");
  });

  test("bytes behind the end", () => {
    expect(refusal(raw("N.N."))).toMatchObject({
      message: expect.stringContaining("2 bytes follow the end"),
      offset: 1,
    });
  });

  test("the middle of a larger buffer is read as itself", () => {
    expect(unpickle(raw("xxK\x07.xx").subarray(2, 5))).toBe(7);
  });
});

describe("small files that would grow are refused in no time", () => {
  const memo = (place: number): string => `j${String.fromCharCode(place & 255, place >> 8, 0, 0)}`;

  test("values inside of values", () => {
    expect(problem(`N${"\x85".repeat(1_000_000)}`)).toContain("more than 64 levels deep");
    expect(read(`N${"\x85".repeat(64)}`)).toHaveLength(1);
    expect(problem("]q\x00h\x00a")).toContain("contain themselves");
    expect(problem("}q\x00U\x01ah\x00s")).toContain("contain themselves");
  });

  test("lists of the same list, again and again", () => {
    const level = (n: number): string => `](${memo(n).repeat(10)}er${String.fromCharCode(n + 1, 0, 0, 0)}`;
    const levels = Array.from({ length: 40 }, (_, n) => level(n)).join("");
    expect(problem(`]r\x00\x00\x00\x00${levels}${"0".repeat(41)}${memo(40)}`)).toContain("unfold to more than");
  });

  test("copies of the same bytes, again and again", () => {
    const text = "a".repeat(50_000);
    const length = String.fromCharCode(text.length & 255, text.length >> 8, 0, 0);
    const encode = `c_codecs\nencode\nq\x01X${length}${text}U\x06latin1\x86q\x02R`;
    expect(problem(`(${encode}${"h\x01h\x02R".repeat(100)}t`)).toContain("copied so often");
    const list = `(${"N".repeat(50_000)}lq\x00\x85q\x01`;
    expect(problem(`(${list}${"cbuiltins\ntuple\nh\x01R".repeat(100)}t`)).toContain("copied so often");
  });

  test("an array that claims more than the file has", () => {
    const array = (shape: string, data: string): string =>
      `cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01${shape}` +
      `cnumpy\ndtype\nU\x02f4\x89\x88\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89${data}tb`;
    expect(read(array("K\x01\x85", "C\x04\x00\x00\x80?"))).toEqual({
      dtype: "float32",
      shape: [1],
      data: Float32Array.of(1),
    });
    expect(problem(array("J\xff\xff\xff\x7f\x85", "C\x04abcd"))).toContain(
      "float32 of shape [2147483647] needs 8589934588 bytes, its data has 4",
    );
    const huge = "J\xff\xff\xff\x7f".repeat(60);
    expect(problem(array(`(${huge}t`, "C\x04abcd"))).toContain("needs Infinity bytes, its data has 4");
    expect(problem(array(`(${"K\x01".repeat(65)}t`, "C\x04abcd"))).toContain("expected the shape of a NumPy array");
    expect(problem(array("J\xff\xff\xff\xff\x85", "C\x00"))).toContain("a NumPy array has -1 in its shape");
    expect(problem(array("K\x01\x85", "]"))).toContain(
      "expected the elements of a NumPy array as bytes, found a list of 0",
    );
  });
});
