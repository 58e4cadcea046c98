/**
 * Clears the upper halves of the vector registers after a kernel. V8's joined code (see `chooseTileColumns`) leaves numbers
 * there, and as long as an x86 processor finds some, it runs instructions from before AVX, as V8's interpreter and
 * functions like `Math.exp` consist of, up to twenty times slower (2.0 and 38 ms for 200,000 calls). JavaScript has no name
 * for the instruction that clears them, but compilers of C++ put it behind every function that uses vectors of 256 bits,
 * such as the one that looks for bytes above 127 here. Does nothing in engines that join no vectors.
 */
export function clearVectors(): void {
  clear ??= clearing();
  clear();
}

let clear: (() => void) | undefined;

function clearing(): () => void {
  const { process } = globalThis;
  const joins = process?.arch === "x64" && Number.parseInt(process.versions.v8, 10) >= 13;
  if (!joins) return () => {};
  const { isAscii } = process.getBuiltinModule("node:buffer");
  const bytes = new Uint8Array(64);
  return () => void isAscii(bytes);
}
