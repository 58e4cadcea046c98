/** A gradient of a gradient was asked of an operation whose gradient cannot be differentiated. */
export class OnceDifferentiableError extends Error {
  override name = "OnceDifferentiableError";
}

/** A graph that cannot be walked: consumed before, no gradient in it, or a parameter changed under it. */
export class GraphError extends Error {
  override name = "GraphError";
}

/** A gradient does not agree with finite differences; the message names the worst element. */
export class GradCheckError extends Error {
  override name = "GradCheckError";
}
