import type { Failure } from '@redbutton/shared/api/failure';
import type { TicketCounts, TicketSummary } from '@redbutton/shared/api/types';
import { api } from './api';
import { live } from './live.svelte';
import { merge, settle, type Row } from './queue-merge';
import type { QueueFilter } from './route';

/** Changes often come in bursts (a report, its pictures): they are read together. */
const GATHER_MS = 250;

/** The queue as it is shown, kept up to date by the live stream. */
class Queue {
  filter = $state<QueueFilter>({ view: 'open' });
  rows = $state.raw<Row[]>([]);
  counts = $state.raw<TicketCounts | null>(null);
  next = $state<string | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  failure = $state<Failure | null>(null);
  pending = $state(0);
  /** Number of the ticket the keyboard is on; survives going to a ticket and back. */
  selected = $state<number | null>(null);
  loadingMore = $state(false);

  /** While true, nothing moves: somebody points at the list. */
  #hold = false;
  #asked = 0;
  #pages = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): () => void {
    const offChange = live.onChange(() => this.#soon());
    const offOpen = live.onOpen(() => this.#soon());
    return () => {
      offChange();
      offOpen();
      clearTimeout(this.#timer);
    };
  }

  /** Shows another part of the queue. */
  async open(filter: QueueFilter): Promise<void> {
    const same = this.state === 'ready' && filter.view === this.filter.view && filter.category === this.filter.category && filter.q === this.filter.q;
    this.filter = filter;
    if (same) return this.refresh();
    this.state = 'loading';
    this.rows = [];
    this.pending = 0;
    this.#pages = 1;
    await this.refresh();
  }

  /** Reads what is shown anew. A late answer to an older question is dropped. */
  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    let tickets: TicketSummary[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < this.#pages; page += 1) {
      const result = await api.tickets({ ...this.filter, ...(cursor ? { cursor } : {}) });
      if (asked !== this.#asked) return;
      if (!result.ok) {
        this.failure = result.failure;
        if (this.state === 'loading') this.state = 'failed';
        return;
      }
      tickets = tickets.concat(result.value.tickets);
      this.counts = result.value.counts;
      this.next = result.value.next ?? null;
      cursor = result.value.next ?? undefined;
      if (!cursor) break;
    }
    const first = this.state !== 'ready';
    const merged = merge(first ? [] : this.rows, tickets, this.#hold);
    this.rows = merged.rows;
    this.pending = merged.pending;
    this.failure = null;
    this.state = 'ready';
  }

  async more(): Promise<void> {
    this.loadingMore = true;
    this.#pages += 1;
    await this.refresh();
    this.loadingMore = false;
  }

  /** Keeps every row in its place until `release`. */
  hold(): void {
    this.#hold = true;
  }

  /** Lets the held-back changes in. */
  release(): void {
    this.#hold = false;
    this.rows = settle(this.rows);
    if (this.pending > 0) void this.refresh();
  }

  /** Lets the held-back changes in now, because somebody asked for them. */
  async showPending(): Promise<void> {
    const held = this.#hold;
    this.#hold = false;
    this.rows = settle(this.rows);
    await this.refresh();
    this.#hold = held;
  }

  /** Puts what an action returned into its row at once. */
  put(ticket: TicketSummary): void {
    this.rows = this.rows.map((row) => (row.ticket.number === ticket.number ? { ...row, ticket } : row));
    this.#soon();
  }

  /** The neighbours of a ticket in the queue as shown. */
  around(number: number): { previous: number | null; next: number | null; position: number; total: number } {
    const index = this.rows.findIndex((row) => row.ticket.number === number);
    return {
      previous: index > 0 ? (this.rows[index - 1]?.ticket.number ?? null) : null,
      next: index >= 0 ? (this.rows[index + 1]?.ticket.number ?? null) : null,
      position: index + 1,
      total: this.rows.length,
    };
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), GATHER_MS);
  }
}

export const queue = new Queue();
