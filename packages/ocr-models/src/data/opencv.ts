import { createRequire } from "node:module";

/** The part of OpenCV that the image transforms use; see the documentation of the OpenCV functions of these names. */
export interface OpenCv {
  Mat: new (rows?: number, columns?: number, type?: number) => Mat;
  Size: new (width: number, height: number) => unknown;
  resize(source: Mat, target: Mat, size: unknown, fx: number, fy: number, interpolation: number): void;
  CV_8UC3: number;
  INTER_LINEAR: number;
}

/** A matrix on OpenCV's own heap: whoever makes one calls `delete`. */
export interface Mat {
  data: Uint8Array;
  delete(): void;
}

let loading: Promise<{ cv: OpenCv }> | undefined;

/** Loads OpenCV's WebAssembly build once; it takes about a quarter of a second. */
export async function loadOpenCv(): Promise<{ cv: OpenCv }> {
  loading ??= load();
  return loading;
}

function load(): Promise<{ cv: OpenCv }> {
  type Thenable = OpenCv & { then?: (ready: (cv: OpenCv) => void) => void };
  // The module is a thenable that resolves to itself: awaiting it, or an import() of it, would never end. Hence
  // `require`, and the object around it.
  const module = createRequire(import.meta.url)("@techstark/opencv-js") as Thenable;
  return new Promise((resolve) => {
    const ready = (cv: OpenCv): void => {
      delete module.then;
      delete (cv as Thenable).then;
      resolve({ cv });
    };
    if (module.then === undefined) ready(module);
    else module.then(ready);
  });
}
