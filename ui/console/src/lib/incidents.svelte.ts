import { explain, type Failure } from '@redbutton/shared/api/failure';
import type { LocalText, Proposal, Ticket } from '@redbutton/shared/api/types';
import { i18n } from '@redbutton/shared/i18n/i18n.svelte';
import { takeBackMajor } from './actions';
import { api } from './api';
import { live } from './live.svelte';
import { queue } from './queue.svelte';
import { toasts } from './toasts.svelte';

/** What the detector proposes: groups of tickets that look like one incident. */
class Incidents {
  list = $state.raw<Proposal[]>([]);
  /** Dismissed here; the collector is told when the time for Undo is over. */
  #dismissed = $state.raw<ReadonlySet<string>>(new Set());
  /** Those that concern most people first: of two at once, the larger must not stand below. */
  readonly open = $derived(this.list.filter((proposal) => !this.#dismissed.has(proposal.id)).toSorted((a, b) => b.people - a.people));
  #asked = 0;

  start(): () => void {
    void this.read();
    const offIncident = live.onIncident(() => void this.read());
    const offOpen = live.onOpen(() => void this.read());
    const leave = (): void => {
      for (const id of this.#dismissed) void api.dismissIncident(id, true);
    };
    addEventListener('pagehide', leave);
    return () => {
      offIncident();
      offOpen();
      removeEventListener('pagehide', leave);
    };
  }

  /** Reads what is open. A failure leaves what is shown: the queue itself says that the connection is gone. */
  async read(): Promise<void> {
    const asked = ++this.#asked;
    const result = await api.incidents();
    if (asked === this.#asked && result.ok) this.list = result.value;
  }

  /** Makes a proposal a major incident. The failure to show, or the ticket that stands for all. */
  async accept(proposal: Proposal, body: { title: LocalText; members: number[]; next_news_at?: string }): Promise<{ ticket: Ticket } | { failure: Failure }> {
    const result = await api.acceptIncident(proposal.id, body);
    if (!result.ok) {
      // Somebody else may have decided meanwhile.
      if (result.failure.kind === 'coded' && (result.failure.code === 'conflict' || result.failure.code === 'not_found')) void this.read();
      return { failure: result.failure };
    }
    this.list = this.list.filter((each) => each.id !== proposal.id);
    void queue.refresh();
    const { summary } = result.value;
    toasts.add({
      tone: 'good',
      text: i18n.count(i18n.m.console.incidents.accepted, body.members.length, { number: summary.number }),
      undo: () => void takeBackMajor(summary),
    });
    return { ticket: result.value };
  }

  /** Hides a proposal at once and tells the collector when nobody pressed Undo. */
  dismiss(proposal: Proposal): void {
    this.#dismissed = new Set([...this.#dismissed, proposal.id]);
    toasts.add({
      tone: 'good',
      text: i18n.m.console.incidents.dismissed,
      next: i18n.m.console.incidents.dismissedNext,
      undo: () => this.#forget(proposal.id),
      onend: () => void this.#tellDismissed(proposal.id),
    });
  }

  async #tellDismissed(id: string): Promise<void> {
    if (!this.#dismissed.has(id)) return;
    const result = await api.dismissIncident(id);
    if (result.ok) this.list = this.list.filter((each) => each.id !== id);
    else {
      const text = explain(result.failure, i18n.m);
      toasts.add({ tone: 'danger', text: text.title, next: text.next });
    }
    this.#forget(id);
  }

  #forget(id: string): void {
    this.#dismissed = new Set([...this.#dismissed].filter((each) => each !== id));
  }
}

export const incidents = new Incidents();
