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

/**
 * Whether the share that was right differs from the one that was promised by more than chance explains: by two standard
 * errors of a share of `count`.
 */
export function isBeyondChance(promised: number, right: number, count: number): boolean {
  return Math.abs(right - promised) > 2 * Math.sqrt((promised * (1 - promised)) / Math.max(count, 1));
}

/** Weeks in their places: `null` stands for one in which nothing happened. In the order of time, at most one entry a week. */
export function everyWeek<T extends { week_of: string }>(weeks: readonly T[]): (T | null)[] {
  const WEEK_MS = 7 * 86_400_000;
  const first = weeks[0];
  if (!first) return [];
  const placed: (T | null)[] = [];
  for (const week of weeks) {
    const index = Math.round((Date.parse(week.week_of) - Date.parse(first.week_of)) / WEEK_MS);
    while (placed.length < index) placed.push(null);
    placed.push(week);
  }
  return placed;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
