export interface Toast {
  id: number;
  tone: 'good' | 'danger';
  text: string;
  next?: string;
  undo?: () => void;
  /** Called once it is gone, unless Undo was pressed. */
  onend?: () => void;
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
    for (const pushedOut of this.list.slice(0, -2)) this.dismiss(pushedOut.id);
    this.list = [...this.list, { ...toast, id }];
    this.resume(id);
  }

  dismiss(id: number): void {
    const toast = this.#remove(id);
    toast?.onend?.();
  }

  /** What Undo does. */
  undo(id: number): void {
    const toast = this.#remove(id);
    toast?.undo?.();
  }

  #remove(id: number): Toast | undefined {
    this.pause(id);
    const toast = this.list.find((each) => each.id === id);
    this.list = this.list.filter((each) => each.id !== id);
    return toast;
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
