import type { TicketSummary } from '@redbutton/shared/api/types';
import { SvelteMap } from 'svelte/reactivity';
import { api } from './api';
import { queue } from './queue.svelte';

/** How many are asked for at a time. */
const AT_ONCE = 4;

/** Summaries of tickets known by their numbers: from the queue where they are shown there, else asked for. */
export class Summaries {
  /** `null`: it could not be loaded. */
  readonly known = new SvelteMap<number, TicketSummary | null>();
  readonly #asked = new Set<number>();

  async load(numbers: readonly number[]): Promise<void> {
    const shown = new Map(queue.rows.map((row) => [row.ticket.number, row.ticket]));
    const missing: number[] = [];
    for (const number of numbers) {
      if (this.#asked.has(number)) continue;
      this.#asked.add(number);
      const ticket = shown.get(number);
      if (ticket) this.known.set(number, ticket);
      else missing.push(number);
    }
    const next = async (): Promise<void> => {
      for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
        const result = await api.ticket(number);
        this.known.set(number, result.ok ? result.value.summary : null);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }
}
