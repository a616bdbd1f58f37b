import type { Failure } from '@redbutton/shared/api/failure';
import type { Category, LocalText, Ticket, TicketSummary } from '@redbutton/shared/api/types';
import { correct, declareMajor, merge, reopen, release, reply, resolve, split, take, takeBackMajor, type Outcome } from './actions';
import { api } from './api';
import { mergeOf } from './grouping';
import { live } from './live.svelte';
import { session } from './session.svelte';

/** One ticket on the page: read, kept up to date, acted upon. */
export class OpenTicket {
  readonly number: number;
  ticket = $state.raw<Ticket | null>(null);
  failure = $state<Failure | null>(null);
  busy = $state<'take' | 'release' | 'reply' | 'ask' | 'resolve' | 'reopen' | 'correct' | 'merge' | 'split' | 'declare' | 'takeBack' | null>(null);
  /** Number of the ticket that is being split out. */
  splitting = $state<number | null>(null);
  /** Somebody else has it although this page believed otherwise. */
  conflict = $state(false);
  /** Counts changes made by others while it is shown. */
  changes = $state(0);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(number: number) {
    this.number = number;
  }

  start(): () => void {
    void this.read();
    const offChange = live.onChange((change) => {
      if (change.number !== this.number) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.read(), 200);
    });
    const offOpen = live.onOpen(() => void this.read());
    return () => {
      offChange();
      offOpen();
      clearTimeout(this.#timer);
    };
  }

  /** Reads it anew; an answer older than a later action is dropped. */
  async read(): Promise<void> {
    const asked = ++this.#asked;
    const result = await api.ticket(this.number);
    if (asked !== this.#asked) return;
    if (!result.ok) {
      this.failure = result.failure;
      return;
    }
    this.failure = null;
    this.#show(result.value);
  }

  async take(force = false): Promise<void> {
    await this.#act('take', (ticket) => take(ticket.summary, force));
  }
  async release(): Promise<void> {
    await this.#act('release', (ticket) => release(ticket.summary));
  }
  async reply(text: string, asks: boolean): Promise<boolean> {
    return this.#act('reply', (ticket) => reply(ticket.summary, text, asks));
  }
  async ask(question: string): Promise<boolean> {
    return this.#act('ask', (ticket) => reply(ticket.summary, question, true));
  }
  async resolve(text: string): Promise<boolean> {
    return this.#act('resolve', (ticket) => resolve(ticket.summary, text));
  }
  async reopen(): Promise<void> {
    await this.#act('reopen', (ticket) => reopen(ticket.summary));
  }

  async correct(category: Category, team?: string): Promise<void> {
    await this.#act('correct', (ticket) => correct(ticket.summary, category, team));
  }
  /** Merges this ticket and another, the one that stands for less into the one that stands for more. */
  async merge(other: TicketSummary): Promise<void> {
    await this.#act('merge', async (ticket) => {
      const way = mergeOf(ticket.summary, other);
      return way ? merge(ticket.summary, way.number, way.into) : { ok: false, conflict: true };
    });
  }
  /** Takes this ticket, or one of its members, out of what it was merged into. */
  async split(number: number): Promise<void> {
    this.splitting = number;
    await this.#act('split', (ticket) => split(ticket.summary, number, ticket.summary.merged_into ?? ticket.summary.number));
    this.splitting = null;
  }
  async declareMajor(body: { title: LocalText; keywords: string[]; next_news_at?: string }): Promise<boolean> {
    return this.#act('declare', (ticket) => declareMajor(ticket.summary, body));
  }

  /** Takes back that this ticket is a major incident. */
  async takeBackMajor(): Promise<void> {
    await this.#act('takeBack', (ticket) => takeBackMajor(ticket.summary));
  }

  async #act(name: NonNullable<OpenTicket['busy']>, act: (ticket: Ticket) => Promise<Outcome>): Promise<boolean> {
    if (!this.ticket || this.busy) return false;
    const before = this.ticket;
    this.busy = name;
    this.#asked += 1;
    const me = session.staff;
    if (name === 'take' && me) {
      // Shown at once; goes back below if the collector says no.
      const status = before.summary.status === 'new' ? 'in_progress' : before.summary.status;
      this.ticket = { ...before, summary: { ...before.summary, status, holder: { id: me.id, name: me.name } } };
    }
    const outcome = await act(before);
    this.busy = null;
    if (outcome.ok) {
      this.conflict = false;
      this.#asked += 1;
      // Merging and splitting answer with the other ticket.
      if (outcome.ticket.summary.number === this.number) this.#show(outcome.ticket);
      else await this.read();
      return true;
    }
    this.ticket = before;
    if (outcome.conflict) {
      await this.read();
      const holder = this.ticket?.summary.holder;
      this.conflict = holder !== undefined && holder !== null && holder.id !== me?.id;
    }
    return false;
  }

  #show(ticket: Ticket): void {
    if (this.ticket && this.ticket.summary.updated_at !== ticket.summary.updated_at) this.changes += 1;
    this.ticket = ticket;
  }
}
