/** Where a value of `from` to `to` stands on an axis of `length`; outside values stand at its ends. */
export function place(value: number, from: number, to: number, length: number): number {
  if (to <= from) return 0;
  return (Math.min(Math.max(value, from), to) - from) * (length / (to - from));
}

/** A path through the points that are there; a gap breaks the line. */
export function linePath(points: readonly ({ x: number; y: number } | null)[]): string {
  let path = '';
  let pen = 'M';
  for (const point of points) {
    if (point) path += `${pen}${round(point.x)} ${round(point.y)}`;
    pen = point ? 'L' : 'M';
  }
  return path;
}

/** The lowest tenth of an axis that shows all of `shares` (0 to 1) with some room below. */
export function axisFloor(shares: readonly (number | null)[]): number {
  const known = shares.filter((share) => share !== null);
  if (known.length === 0) return 0;
  return Math.max(0, Math.floor((Math.min(...known) - 0.02) * 10) / 10);
}

/** Area, not radius, grows with the count. */
export function radius(count: number, most: number, largest: number): number {
  return most > 0 ? Math.max(2.5, largest * Math.sqrt(count / most)) : 0;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
