export interface Toast {
  id: number;
  tone: 'good' | 'danger';
  text: string;
  next?: string;
  undo?: () => void;
}

/** Long enough to read and to reach Undo; it stops while somebody points at it. */
const LIFE_MS = 8_000;

/** Short messages at the edge of the page. */
class Toasts {
  list = $state<Toast[]>([]);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #last = 0;

  add(toast: Omit<Toast, 'id'>): void {
    const id = ++this.#last;
    this.list = [...this.list.slice(-2), { ...toast, id }];
    this.resume(id);
  }

  dismiss(id: number): void {
    this.pause(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  pause(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(id: number): void {
    this.pause(id);
    this.#timers.set(id, setTimeout(() => this.dismiss(id), LIFE_MS));
  }
}

export const toasts = new Toasts();
