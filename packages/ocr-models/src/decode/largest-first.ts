/**
 * Places of the `count` largest values from place `from` on, the largest first, of equal ones the earlier. By insertion:
 * `count` is small beside the number of values.
 */
export function largestFirst(values: ArrayLike<number>, count: number, from: number = 0): number[] {
  const places: number[] = [];
  for (let i = from; i < values.length; i++) {
    if (places.length === count && !(values[i] > values[places[count - 1]])) continue;
    let at = places.length;
    while (at > 0 && values[i] > values[places[at - 1]]) at--;
    places.splice(at, 0, i);
    if (places.length > count) places.pop();
  }
  return places;
}
