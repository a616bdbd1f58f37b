/** The time by which ages are shown; set by the page that shows them. */
class Clock {
  now = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Ticks every `everyMs` until the returned function is called. */
  start(everyMs = 15_000): () => void {
    this.now = Date.now();
    this.#timer ??= setInterval(() => {
      this.now = Date.now();
    }, everyMs);
    return () => {
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }
}

export const clock = new Clock();
