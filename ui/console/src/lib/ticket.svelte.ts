import type { Failure } from '@redbutton/shared/api/failure';
import type { Ticket } from '@redbutton/shared/api/types';
import { reopen, release, reply, resolve, take, type Outcome } from './actions';
import { api } from './api';
import { live } from './live.svelte';
import { session } from './session.svelte';

/** One ticket on the page: read, kept up to date, acted upon. */
export class OpenTicket {
  readonly number: number;
  ticket = $state.raw<Ticket | null>(null);
  failure = $state<Failure | null>(null);
  busy = $state<'take' | 'release' | 'reply' | 'ask' | 'resolve' | 'reopen' | null>(null);
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
    const offResume = live.onResume(() => void this.read());
    return () => {
      offChange();
      offResume();
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
      this.#show(outcome.ticket);
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
