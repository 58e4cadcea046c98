/** Shapes, axes or strides that do not fit. */
export class ShapeError extends Error {
  override name = "ShapeError";
}

/** An element type that the operation does not take. */
export class DTypeError extends Error {
  override name = "DTypeError";
}

/** A tensor was read after its memory had been given back; the message says who owned it. */
export class ReleasedError extends Error {
  override name = "ReleasedError";
}

/** The heap has no room left; the message says what was asked for and what is live. */
export class OutOfMemoryError extends Error {
  override name = "OutOfMemoryError";
}

/** Something that the current device cannot do. */
export class DeviceError extends Error {
  override name = "DeviceError";
}

/** Bytes that are not a valid file of the named format. */
export class FormatError extends Error {
  override name = "FormatError";
}
