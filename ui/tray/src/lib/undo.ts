/** What is left of the time in which a press can be taken back, in ms; `null` when the agent does not say until when. */
export function undoLeftMs(until: string | null | undefined, now: number): number | null {
  if (!until) return null;
  const left = Date.parse(until) - now;
  return Number.isFinite(left) ? Math.max(0, left) : null;
}
