/** Free stretches of memory, found by best fit and merged with their neighbours when they meet. */
export class FreeList {
  private readonly sizeAt = new Map<number, number>();
  private readonly startOfEnd = new Map<number, number>();

  /** Adds [start, start + bytes), joining what lies next to it. */
  add(start: number, bytes: number): void {
    let [from, to] = [start, start + bytes];
    const before = this.startOfEnd.get(from);
    if (before !== undefined) {
      this.remove(before);
      from = before;
    }
    const after = this.sizeAt.get(to);
    if (after !== undefined) {
      this.remove(to);
      to += after;
    }
    this.sizeAt.set(from, to - from);
    this.startOfEnd.set(to, from);
  }

  /** Takes `bytes` out of the smallest stretch that has them; the lowest address wins ties. Undefined when none has. */
  take(bytes: number): number | undefined {
    let best: number | undefined;
    let bestSize = Number.POSITIVE_INFINITY;
    for (const [start, size] of this.sizeAt) {
      if (size < bytes || size > bestSize) continue;
      if (size === bestSize && best !== undefined && start > best) continue;
      best = start;
      bestSize = size;
    }
    if (best === undefined) return undefined;
    this.remove(best);
    if (bestSize > bytes) this.add(best + bytes, bestSize - bytes);
    return best;
  }

  /** Bytes of the stretch that ends at `end`, or 0. */
  sizeBefore(end: number): number {
    const start = this.startOfEnd.get(end);
    return start === undefined ? 0 : end - start;
  }

  /** Bytes of the largest stretch. */
  largest(): number {
    return Math.max(0, ...this.sizeAt.values());
  }

  private remove(start: number): void {
    const size = this.sizeAt.get(start) as number;
    this.sizeAt.delete(start);
    this.startOfEnd.delete(start + size);
  }
}
