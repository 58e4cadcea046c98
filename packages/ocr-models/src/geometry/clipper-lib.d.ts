/** The part of clipper-lib that is used here: polygons on a grid of integers, by Angus Johnson's Clipper 6. */
declare module "clipper-lib" {
  interface IntPoint {
    X: number;
    Y: number;
  }

  interface Paths extends Array<IntPoint[]> {}

  interface Clipper {
    AddPath(path: IntPoint[], type: number, closed: boolean): boolean;
    Execute(operation: number, solution: Paths, subjectFill: number, clipFill: number): boolean;
  }

  interface ClipperOffset {
    AddPath(path: IntPoint[], join: number, end: number): void;
    Execute(solution: Paths, distance: number): void;
  }

  const clipper: {
    Clipper: new () => Clipper;
    ClipperOffset: new (miterLimit: number, arcTolerance: number) => ClipperOffset;
    Paths: new () => Paths;
    ClipType: { ctIntersection: number };
    EndType: { etClosedPolygon: number };
    JoinType: { jtRound: number };
    PolyFillType: { pftNonZero: number };
    PolyType: { ptSubject: number; ptClip: number };
  };
  export default clipper;
}
