import { explain, type Failure } from '@redbutton/shared/api/failure';
import type { Category, LocalText, Ticket, TicketSummary } from '@redbutton/shared/api/types';
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

/** Merges `number` into another ticket. Nothing is lost by it: Undo splits it out again. */
export async function merge(before: TicketSummary, number: number, into: number): Promise<Outcome> {
  const result = await api.merge(number, into);
  if (!result.ok) return failed(before, result.failure);
  void queue.refresh();
  toasts.add({
    tone: 'good',
    text: i18n.fill(i18n.m.console.incidents.merged, { number, into }),
    undo: () => void split(result.value.summary, number),
  });
  return { ok: true, ticket: result.value };
}

/** Takes `number` out of `from`, the ticket it was merged into. `before` is the ticket on the page. */
export async function split(before: TicketSummary, number: number, from?: number): Promise<Outcome> {
  const result = await api.split(number);
  if (!result.ok) return failed(before, result.failure);
  void queue.refresh();
  const again = from === undefined ? {} : { undo: () => void merge(result.value.summary, number, from) };
  toasts.add({ tone: 'good', text: i18n.fill(i18n.m.console.incidents.splitDone, { number }), ...again });
  return { ok: true, ticket: result.value };
}

/** Makes a ticket a major incident: users whose reports fit are told. */
export async function declareMajor(before: TicketSummary, body: { title: LocalText; keywords: string[]; next_news_at?: string }): Promise<Outcome> {
  const result = await api.declareMajor(before.number, body);
  if (!result.ok) return failed(before, result.failure);
  queue.put(result.value.summary);
  toasts.add({
    tone: 'good',
    text: i18n.fill(i18n.m.console.incidents.declared, { number: before.number }),
    undo: () => void takeBackMajor(result.value.summary),
  });
  return { ok: true, ticket: result.value };
}

/** Takes back that a ticket is a major incident: what came because of it stands on its own again. */
export async function takeBackMajor(before: TicketSummary): Promise<Outcome> {
  const result = await api.takeBackMajor(before.number);
  if (!result.ok) return failed(before, result.failure);
  void queue.refresh();
  const left = before.members - result.value.summary.members;
  toasts.add({ tone: 'good', text: i18n.count(i18n.m.console.incidents.takenBack, left, { number: before.number }) });
  return { ok: true, ticket: result.value };
}

/** Says what a ticket really is. Undo puts the category and the team back that it had. */
export async function correct(before: TicketSummary, category: Category, team?: string): Promise<Outcome> {
  const result = await api.correct(before.number, category, team);
  if (!result.ok) return failed(before, result.failure);
  queue.put(result.value.summary);
  toasts.add({
    tone: 'good',
    text: i18n.fill(i18n.m.console.action.corrected, { number: before.number, category: i18n.m.category[category] }),
    undo: () => void correct(result.value.summary, before.category, before.team),
  });
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
