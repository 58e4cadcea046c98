import { expect, test } from "vitest";
import { hasMpi, mpirun } from "../../testing/mpirun.js";

const program = (name: string): string => new URL(`../../testing/${name}.mjs`, import.meta.url).pathname;

interface Found {
  readonly rank: number;
  readonly size: number;
  readonly sums: readonly string[];
  readonly largest: readonly number[];
  readonly told: number;
  readonly texts: readonly string[];
  readonly trap: string;
}

test.skipIf(!hasMpi).each([1, 2, 4])("MPI: %i ranks add, compare, tell and gather", async (size) => {
  const { code, out, err } = await mpirun(size, [program("exchange")]);
  expect(code, err).toBe(0);
  const all = JSON.parse(out) as Found[];
  const numbers = Array.from({ length: size }, (_, i) => i);
  expect(all.map(({ rank }) => rank)).toEqual(numbers);
  for (const found of all) {
    expect(found.size).toBe(size);
    expect(found.sums).toEqual(all[0].sums);
    for (const sums of found.sums) {
      const bytes = Buffer.from(sums, "base64");
      const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      for (const [i, value] of values.entries()) {
        const wanted = numbers.reduce((sum, rank) => sum + (rank + 1) * 0.1 + i / 7, 0);
        // Each number and each addition is rounded once.
        expect(Math.abs(value - wanted)).toBeLessThanOrEqual(2 * size * 2 ** -24 * wanted);
      }
    }
    expect(found.largest).toEqual([size - 1, 0, Math.PI * size]);
    expect(found.told).toBe(size - 0.5);
    expect(found.texts).toEqual(numbers.map((rank) => `${"é€".repeat(rank)}\n`));
    expect(found.trap).toBe("RuntimeError");
  }
});

test.skipIf(!hasMpi)("MPI: a rank that hangs is named, and all end", async () => {
  const { code, err, seconds } = await mpirun(3, [program("absent"), "hang"], { RETORT_PATIENCE: "2" });
  expect(code).not.toBe(0);
  expect(err).toMatch(/error: rank 2 \(\S+, process \d+\) has not answered for 2 s while others waited/);
  expect(err).not.toMatch(/ranks have/);
  expect(seconds).toBeLessThan(20);
});

test.skipIf(!hasMpi)("MPI: a rank that is killed ends all, and mpirun names it", async () => {
  const { code, err, seconds } = await mpirun(3, [program("absent"), "kill"]);
  expect(code).not.toBe(0);
  expect(err).toMatch(/rank 2 .*signal 9/s);
  expect(seconds).toBeLessThan(20);
});

test.skipIf(!hasMpi)("MPI: a rank that gives up says why", async () => {
  const { code, err } = await mpirun(3, [program("absent"), "abort"]);
  expect(code).not.toBe(0);
  expect(err).toMatch(/error: rank 2 \(\S+, process \d+\): its disk is full/);
});

test.skipIf(!hasMpi)("MPI: a missing library says what to install", async () => {
  const { code, err } = await mpirun(2, [program("exchange")], { RETORT_MPI_LIBRARY: "/nowhere/libmpi.so" });
  expect(code).not.toBe(0);
  expect(err).toMatch(/the library of Open MPI cannot be loaded: install it .*apt-get install openmpi-bin/);
});
