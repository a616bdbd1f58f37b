import type { TicketSummary } from '@redbutton/shared/api/types';

/** A line of the queue as it is shown. */
export interface Row {
  ticket: TicketSummary;
  /** Why it is lit for a moment. */
  lit?: 'new' | 'changed';
  /** It no longer belongs to this view, but stays in place while somebody points at the list. */
  gone?: boolean;
}

export interface Merged {
  rows: Row[];
  /** New tickets that wait until nobody points at the list, so that nothing moves under the cursor. */
  pending: number;
}

/**
 * Brings the shown rows up to date with a fresh page of the queue.
 * With `hold` every shown row keeps its place: changed ones change where they are, those that left the view are
 * marked, new ones wait, except those that sort behind everything shown. Without it the fresh order stands.
 */
export function merge(shown: readonly Row[], fresh: readonly TicketSummary[], hold: boolean): Merged {
  const before = new Map(shown.map((row) => [row.ticket.number, row]));
  const asRow = (ticket: TicketSummary): Row => {
    const old = before.get(ticket.number);
    if (!old) return { ticket, lit: 'new' };
    return changed(old.ticket, ticket) ? { ticket, lit: 'changed' } : old.gone ? { ticket } : { ...old, ticket };
  };
  if (!hold || shown.length === 0) {
    return { rows: shown.length === 0 ? fresh.map((ticket) => ({ ticket })) : fresh.map(asRow), pending: 0 };
  }
  const now = new Map(fresh.map((ticket) => [ticket.number, ticket]));
  const rows = shown.map((row): Row => {
    const ticket = now.get(row.ticket.number);
    return ticket ? asRow(ticket) : { ticket: row.ticket, gone: true };
  });
  const lastShown = fresh.reduce((last, ticket, index) => (before.has(ticket.number) ? index : last), -1);
  const behind = lastShown < 0 ? [] : fresh.slice(lastShown + 1);
  const added = fresh.filter((ticket) => !before.has(ticket.number)).length;
  return { rows: [...rows, ...behind.map(asRow)], pending: added - behind.length };
}

/** The rows after everything held back may move: those that left are dropped. */
export function settle(rows: readonly Row[]): Row[] {
  return rows.filter((row) => !row.gone);
}

function changed(a: TicketSummary, b: TicketSummary): boolean {
  return (
    a.updated_at !== b.updated_at || a.status !== b.status || a.priority !== b.priority || a.reports !== b.reports || a.holder?.id !== b.holder?.id || a.major !== b.major || a.members !== b.members || a.people !== b.people || a.category !== b.category
  );
}
