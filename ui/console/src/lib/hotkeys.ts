/** Keys by their name; letters also by their place, so that they work under a Russian layout. */
export type Hotkeys = Record<string, () => void>;

/** The key a person meant: the Latin letter on it whatever the layout, or its own name. */
export function keyOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey'>): string {
  // On a Russian layout `/` and `?` live elsewhere; the physical key is meant as well.
  if (event.key === '?' || (event.code === 'Slash' && event.shiftKey)) return '?';
  if (event.key === '/' || event.code === 'Slash') return '/';
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  if (letter) return /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : letter.toLowerCase();
  return event.key;
}

/** Whether what has the focus wants the keys for itself. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Listens until the returned function is called. Nothing happens while somebody types or a dialog is open. */
export function hotkeys(keys: Hotkeys): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const key = keyOf(event);
    if (key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('a, button')) return;
    const act = keys[key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}
