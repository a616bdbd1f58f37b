import type { TicketSummary } from '@redbutton/shared/api/types';

type Groupable = Pick<TicketSummary, 'number' | 'major' | 'members'>;

/** Which of two tickets is merged into which; `null` where both stand for others already. */
export function mergeOf(a: Groupable, b: Groupable): { number: number; into: number } | null {
  const stands = (ticket: Groupable): boolean => ticket.major || ticket.members > 0;
  if (stands(a) && stands(b)) return null;
  const target = stands(a) ? a : stands(b) ? b : a.number < b.number ? a : b;
  const merged = target === a ? b : a;
  return { number: merged.number, into: target.number };
}
