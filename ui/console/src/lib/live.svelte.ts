export type LiveState = 'connecting' | 'live' | 'reconnecting';

/** What the stream says: this ticket has changed. */
export interface TicketChange {
  number: number;
}

/** Reads one message of the stream; `null` for what is not a change of a ticket. */
export function readChange(data: string): TicketChange | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null) return null;
    const { number } = value as Record<string, unknown>;
    return typeof number === 'number' ? { number } : null;
  } catch {
    return null;
  }
}

/** Wait before try `attempt` (from 0), in ms: doubling from one second to half a minute, spread by `random` (0 to 1). */
export function backoffMs(attempt: number, random: number): number {
  return Math.round(Math.min(30_000, 1_000 * 2 ** attempt) * (0.5 + random / 2));
}

/**
 * The live stream of tickets. The browser itself reconnects after a dropped connection and resumes by
 * `Last-Event-ID`; where it gives up (the collector answered with an error), this does.
 */
class Live {
  state = $state<LiveState>('connecting');
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #changed = new Set<(change: TicketChange) => void>();
  #incidents = new Set<() => void>();
  #opened = new Set<() => void>();

  start(): void {
    if (this.#source || this.#timer) return;
    this.state = 'connecting';
    this.#open();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#source?.close();
    this.#source = undefined;
    this.#attempt = 0;
  }

  /** Calls `listener` for each change until the returned function is called. */
  onChange(listener: (change: TicketChange) => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  /** Calls `listener` when the detector proposes a major incident, or a proposal changed. */
  onIncident(listener: () => void): () => void {
    this.#incidents.add(listener);
    return () => this.#incidents.delete(listener);
  }

  /** Calls `listener` whenever the stream opens, the first time too: what changed before it did must be read anew. */
  onOpen(listener: () => void): () => void {
    this.#opened.add(listener);
    return () => this.#opened.delete(listener);
  }

  #open(): void {
    this.#timer = undefined;
    const source = new EventSource('/api/v1/tickets/stream');
    this.#source = source;
    source.onopen = () => {
      this.state = 'live';
      this.#attempt = 0;
      for (const listener of this.#opened) listener();
    };
    source.addEventListener('ticket', (event: MessageEvent<string>) => {
      const change = readChange(event.data);
      if (change) for (const listener of this.#changed) listener(change);
    });
    source.addEventListener('incident', () => {
      for (const listener of this.#incidents) listener();
    });
    source.onerror = () => {
      this.state = 'reconnecting';
      if (source.readyState !== EventSource.CLOSED) return;
      this.#source = undefined;
      this.#timer = setTimeout(() => this.#open(), backoffMs(this.#attempt, Math.random()));
      this.#attempt += 1;
    };
  }
}

export const live = new Live();
