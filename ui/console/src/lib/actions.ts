import { explain, type Failure } from '@redbutton/shared/api/failure';
import type { Ticket, TicketSummary } from '@redbutton/shared/api/types';
import { i18n } from '@redbutton/shared/i18n/i18n.svelte';
import { api } from './api';
import { queue } from './queue.svelte';
import { session } from './session.svelte';
import { toasts } from './toasts.svelte';

/** How an action ended. `conflict`: the ticket is not as this page believed; it must be read anew. */
export type Outcome = { ok: true; ticket: Ticket } | { ok: false; conflict: boolean };

/** Takes a ticket. The row changes at once and goes back if the collector says no. */
export async function take(before: TicketSummary, force = false): Promise<Outcome> {
  const me = session.staff;
  if (me) queue.put({ ...before, holder: { id: me.id, name: me.name }, status: before.status === 'new' ? 'in_progress' : before.status });
  const result = await api.take(before.number, force);
  if (!result.ok) return failed(before, result.failure);
  queue.put(result.value.summary);
  toasts.add({
    tone: 'good',
    text: i18n.fill(i18n.m.console.action.taken, { number: before.number }),
    undo: () => void release(result.value.summary, true),
  });
  return { ok: true, ticket: result.value };
}

/** Puts a ticket back into the queue. */
export async function release(before: TicketSummary, isUndo = false): Promise<Outcome> {
  const result = await api.release(before.number);
  if (!result.ok) return failed(before, result.failure);
  queue.put(result.value.summary);
  const again = isUndo ? {} : { undo: () => void take(result.value.summary) };
  toasts.add({ tone: 'good', text: i18n.fill(i18n.m.console.action.released, { number: before.number }), ...again });
  return { ok: true, ticket: result.value };
}

/** Writes to the user; with `asks` the ticket waits for an answer. */
export async function reply(before: TicketSummary, text: string, asks: boolean): Promise<Outcome> {
  const result = await api.reply(before.number, text, asks);
  if (!result.ok) return failed(before, result.failure);
  queue.put(result.value.summary);
  toasts.add({ tone: 'good', text: asks ? i18n.m.console.action.askedUser : i18n.m.console.action.replied });
  return { ok: true, ticket: result.value };
}

/** Says that it is done; `text` is told to the user. */
export async function resolve(before: TicketSummary, text: string): Promise<Outcome> {
  const result = await api.resolve(before.number, text);
  if (!result.ok) return failed(before, result.failure);
  queue.put(result.value.summary);
  toasts.add({
    tone: 'good',
    text: i18n.fill(i18n.m.console.action.resolved, { number: before.number }),
    undo: () => void reopen(result.value.summary),
  });
  return { ok: true, ticket: result.value };
}

/** Takes a resolution back. */
export async function reopen(before: TicketSummary): Promise<Outcome> {
  const result = await api.reopen(before.number);
  if (!result.ok) return failed(before, result.failure);
  queue.put(result.value.summary);
  toasts.add({ tone: 'good', text: i18n.fill(i18n.m.console.action.reopened, { number: before.number }) });
  return { ok: true, ticket: result.value };
}

function failed(before: TicketSummary, failure: Failure): Outcome {
  queue.put(before);
  const conflict = failure.kind === 'coded' && failure.code === 'conflict';
  const signedOut = failure.kind === 'coded' && failure.code === 'unauthenticated';
  if (!signedOut) {
    const text = explain(failure, i18n.m);
    toasts.add({ tone: 'danger', text: text.title, next: text.next });
  }
  return { ok: false, conflict };
}
