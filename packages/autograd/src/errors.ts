/** A gradient of a gradient was asked of an operation whose gradient cannot be differentiated. */
export class OnceDifferentiableError extends Error {
  override name = "OnceDifferentiableError";
}

/** A graph that cannot be walked: consumed before, no gradient in it, or a parameter changed under it. */
export class GraphError extends Error {
  override name = "GraphError";
}
