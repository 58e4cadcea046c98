import type { Numbers, Reduction } from "./communicator.js";

/** Names of Open MPI's library: that of versions 3 to 5, and what a developer's package adds. */
const libraries = ["libmpi.so.40", "libmpi.so", "libmpi.40.dylib", "libmpi.dylib"];

/** Memory that a C function reads or writes, by its address. */
type Memory = Numbers | Int32Array | BigUint64Array | Uint8Array;

/** A request that is under way: Open MPI's handle, and the memory that must stay where it is until it is done. */
export interface Request {
  readonly handle: BigUint64Array;
  readonly memory: readonly Memory[];
}

/**
 * What Retort calls of MPI, over Open MPI's world communicator. Source: MPI: A Message-Passing Interface Standard 3.1.
 * Numbers are reduced and texts exchanged where they lie, so that nothing is copied on the way to MPI.
 */
export interface OpenMpi {
  readonly rank: number;
  readonly size: number;
  /** What the library says of itself. */
  readonly version: string;
  startAllReduce(numbers: Numbers, reduction: Reduction): Request;
  startBroadcast(numbers: Numbers, from: number): Request;
  startBarrier(): Request;
  /** Gathers one integer of each rank into `all`. */
  startGatherIntegers(own: Int32Array, all: Int32Array): Request;
  /** Gathers bytes of every rank, `lengths[r]` at `starts[r]`, into `all`. */
  startGatherBytes(own: Uint8Array, all: Uint8Array, lengths: Int32Array, starts: Int32Array): Request;
  /** Moves requests on and says whether this one is done. */
  test(request: Request): boolean;
  /** Sends an empty message. */
  send(to: number, tag: number): Request;
  /** Takes an empty message that has arrived, and says from whom; undefined when none has. */
  receive(tag: number): number | undefined;
  /** Ends all processes of the job. */
  abort(code: number): void;
  finalize(): void;
}

type Koffi = typeof import("koffi");
type Library = ReturnType<Koffi["load"]>;

const inPlace = 1n;
const anySource = -1;
const funneled = 1;
/** Bytes of the longest text of MPI_Get_library_version. */
const versionBytes = 8192;

/**
 * Loads Open MPI's library and starts it: this process becomes a rank of the job that `mpirun` has begun. `path` names
 * the library where the system does not find it.
 * @throws Error that says what to install where koffi or Open MPI is missing, or that the library is another MPI
 */
export async function startOpenMpi(path?: string): Promise<OpenMpi> {
  const koffi = await loadKoffi();
  const library = loadLibrary(koffi, path);
  const version = versionOf(library);
  if (!version.startsWith("Open MPI")) {
    throw new Error(`Retort runs over Open MPI, found ${version}: start it with the mpirun of Open MPI`);
  }
  return bind(koffi, library, version);
}

async function loadKoffi(): Promise<Koffi> {
  try {
    return await import("koffi");
  } catch (error) {
    throw new Error("MPI is reached by koffi, which cannot be loaded: npm install koffi", { cause: error });
  }
}

function loadLibrary(koffi: Koffi, path: string | undefined): Library {
  const failures: string[] = [];
  for (const name of path === undefined ? libraries : [path]) {
    try {
      // Open MPI's own parts look for its symbols among the global ones.
      return koffi.load(name, { global: true });
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new Error(
    "the library of Open MPI cannot be loaded: install it (Debian and Ubuntu: apt-get install openmpi-bin; Fedora: " +
      `dnf install openmpi), or name it in RETORT_MPI_LIBRARY. ${failures[0]}`,
  );
}

function versionOf(library: Library): string {
  const text = new Uint8Array(versionBytes);
  const length = new Int32Array(1);
  library.func("int MPI_Get_library_version(void *text, void *length)")(text, length);
  return new TextDecoder().decode(text.subarray(0, length[0])).replaceAll("\0", "").trim();
}

function bind(koffi: Koffi, library: Library, version: string): OpenMpi {
  // In Open MPI a predefined handle is the address of a global.
  const handle = (name: string): bigint => koffi.address(library.symbol(name));
  const world = handle("ompi_mpi_comm_world");
  const types = { float32: handle("ompi_mpi_float"), float64: handle("ompi_mpi_double") };
  const [int32, byte] = [handle("ompi_mpi_int"), handle("ompi_mpi_byte")];
  const reductions: Readonly<Record<Reduction, bigint>> = {
    sum: handle("ompi_mpi_op_sum"),
    max: handle("ompi_mpi_op_max"),
  };
  const typeOf = (numbers: Numbers): bigint => (numbers instanceof Float32Array ? types.float32 : types.float64);
  /** A function of MPI by its parameters: p is memory, a an address or handle, i an integer. */
  const define = (name: string, parameters: string): ((...values: unknown[]) => void) => {
    const kinds = { p: "void *", a: "uintptr_t", i: "int" };
    const list = [...parameters].map((kind, i) => `${kinds[kind as keyof typeof kinds]} v${i}`).join(", ");
    const call = library.func(`int ${name}(${list === "" ? "void" : list})`);
    return (...values) => {
      const code: number = call(...values);
      if (code !== 0) throw new Error(`${name} failed with code ${code}`);
    };
  };
  const start = (memory: readonly Memory[], call: (handle: BigUint64Array) => void): Request => {
    const request = { handle: new BigUint64Array(1), memory };
    call(request.handle);
    return request;
  };

  define("MPI_Init_thread", "aaip")(0n, 0n, funneled, new Int32Array(1));
  const ask = (name: string): number => {
    const answer = new Int32Array(1);
    define(name, "ap")(world, answer);
    return answer[0];
  };
  const iAllReduce = define("MPI_Iallreduce", "apiaaap");
  const iBroadcast = define("MPI_Ibcast", "piaiap");
  const iBarrier = define("MPI_Ibarrier", "ap");
  const iGather = define("MPI_Iallgather", "piapiaap");
  const iGatherBytes = define("MPI_Iallgatherv", "piapppaap");
  const iSend = define("MPI_Isend", "piaiiap");
  const probe = define("MPI_Iprobe", "iiapp");
  const receive = define("MPI_Recv", "piaiiap");
  const testRequest = define("MPI_Test", "ppa");
  const abort = define("MPI_Abort", "ai");
  const finalize = define("MPI_Finalize", "");
  const flag = new Int32Array(1);
  const empty = new Uint8Array(1);
  // MPI_SOURCE is the first integer of a status, which has 24 bytes.
  const status = new Int32Array(6);
  return {
    rank: ask("MPI_Comm_rank"),
    size: ask("MPI_Comm_size"),
    version,
    startAllReduce: (numbers, reduction) =>
      start([numbers], (request) =>
        iAllReduce(inPlace, numbers, numbers.length, typeOf(numbers), reductions[reduction], world, request),
      ),
    startBroadcast: (numbers, from) =>
      start([numbers], (request) => iBroadcast(numbers, numbers.length, typeOf(numbers), from, world, request)),
    startBarrier: () => start([], (request) => iBarrier(world, request)),
    startGatherIntegers: (own, all) =>
      start([own, all], (request) => iGather(own, 1, int32, all, 1, int32, world, request)),
    startGatherBytes: (own, all, lengths, starts) =>
      start([own, all, lengths, starts], (request) =>
        iGatherBytes(own, own.length, byte, all, lengths, starts, byte, world, request),
      ),
    test: (request) => {
      testRequest(request.handle, flag, 0n);
      return flag[0] !== 0;
    },
    send: (to, tag) => start([empty], (request) => iSend(empty, 0, byte, to, tag, world, request)),
    receive: (tag) => {
      probe(anySource, tag, world, flag, status);
      if (flag[0] === 0) return undefined;
      const from = status[0];
      receive(empty, 0, byte, from, tag, world, status);
      return from;
    },
    abort: (code) => abort(world, code),
    finalize: () => finalize(),
  };
}
