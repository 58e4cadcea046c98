import { createRequire } from "node:module";
import type { BytePicture } from "./picture.js";

/** The part of OpenCV that the image transforms use; see the documentation of the OpenCV functions of these names. */
export interface OpenCv {
  Mat: new (rows?: number, columns?: number, type?: number) => Mat;
  Size: new (width: number, height: number) => unknown;
  resize(source: Mat, target: Mat, size: unknown, fx: number, fy: number, interpolation: number): void;
  cvtColor(source: Mat, target: Mat, code: number): void;
  sepFilter2D(source: Mat, target: Mat, depth: number, kernelX: Mat, kernelY: Mat): void;
  matFromArray(rows: number, columns: number, type: number, values: readonly number[]): Mat;
  CV_8UC3: number;
  CV_32F: number;
  INTER_LINEAR: number;
  COLOR_BGR2HSV: number;
  COLOR_HSV2BGR: number;
}

/** A matrix on OpenCV's own heap: whoever makes one calls `delete`. */
export interface Mat {
  data: Uint8Array;
  delete(): void;
}

/**
 * Runs OpenCV functions on a picture: `run` gets a matrix of its pixels and an empty one, which it fills, and whose
 * pixels are the result. Both are freed.
 */
export function throughOpenCv(cv: OpenCv, picture: BytePicture, run: (source: Mat, target: Mat) => void): Uint8Array {
  const source = new cv.Mat(picture.height, picture.width, cv.CV_8UC3);
  const target = new cv.Mat();
  try {
    source.data.set(picture.data);
    run(source, target);
    return new Uint8Array(target.data);
  } finally {
    source.delete();
    target.delete();
  }
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
