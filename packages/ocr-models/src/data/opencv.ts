import { createRequire } from "node:module";
import type { BytePicture } from "./picture.js";

/**
 * The part of OpenCV that image transforms and detection use; see the documentation of the OpenCV functions of these
 * names.
 */
export interface OpenCv {
  Mat: new (rows?: number, columns?: number, type?: number) => Mat;
  MatVector: new () => MatVector;
  Scalar: new (value: number) => unknown;
  Size: new (width: number, height: number) => unknown;
  RotatedRect: { points(rectangle: RotatedRect): { x: number; y: number }[] };
  approxPolyDP(curve: Mat, approximation: Mat, epsilon: number, closed: boolean): void;
  arcLength(curve: Mat, closed: boolean): number;
  cvtColor(source: Mat, target: Mat, code: number): void;
  dilate(source: Mat, target: Mat, kernel: Mat): void;
  fillPoly(image: Mat, polygons: MatVector, color: unknown): void;
  findContours(image: Mat, contours: MatVector, hierarchy: Mat, mode: number, method: number): void;
  GaussianBlur(source: Mat, target: Mat, size: unknown, sigmaX: number): void;
  getPerspectiveTransform(from: Mat, to: Mat): Mat;
  matFromArray(rows: number, columns: number, type: number, values: readonly number[]): Mat;
  minAreaRect(points: Mat): RotatedRect;
  resize(source: Mat, target: Mat, size: unknown, fx: number, fy: number, interpolation: number): void;
  sepFilter2D(source: Mat, target: Mat, depth: number, kernelX: Mat, kernelY: Mat): void;
  warpAffine(source: Mat, target: Mat, matrix: Mat, size: unknown, interpolation: number, border: number): void;
  warpPerspective(source: Mat, target: Mat, matrix: Mat, size: unknown, interpolation: number, border: number): void;
  BORDER_CONSTANT: number;
  BORDER_REPLICATE: number;
  CHAIN_APPROX_SIMPLE: number;
  COLOR_BGR2HSV: number;
  COLOR_HSV2BGR: number;
  CV_32F: number;
  CV_32FC2: number;
  CV_32SC2: number;
  CV_64F: number;
  CV_8UC1: number;
  CV_8UC3: number;
  INTER_CUBIC: number;
  INTER_LINEAR: number;
  RETR_LIST: number;
}

/** A matrix on OpenCV's own heap: whoever makes one calls `delete`. Its arrays are valid until the heap grows. */
export interface Mat {
  data: Uint8Array;
  data32S: Int32Array;
  delete(): void;
}

/** A list of matrices on OpenCV's own heap. `get` makes a matrix, which is deleted as well. */
export interface MatVector {
  get(index: number): Mat;
  push_back(matrix: Mat): void;
  size(): number;
  delete(): void;
}

/** A rectangle in any position, in float32. */
export interface RotatedRect {
  readonly size: { readonly width: number; readonly height: number };
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
