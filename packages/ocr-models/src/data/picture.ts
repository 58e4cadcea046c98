/** An image of three channels, row by row, the channels of a pixel side by side in the order blue, green, red. */
export interface Picture {
  data: Uint8Array | Float32Array;
  height: number;
  width: number;
}

/** A picture in 8 bits, as it is decoded. */
export interface BytePicture extends Picture {
  data: Uint8Array;
}

/** Number of channels of every picture. */
export const channels = 3;

/** An array that goes into a batch. */
export interface Field {
  data: Float32Array | Int32Array;
  shape: number[];
}
