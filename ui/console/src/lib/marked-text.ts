/** A stretch of text; `marked` where a quote stands. */
export interface Stretch {
  text: string;
  marked: boolean;
}

/**
 * Splits `text` where one of `quotes` stands in it, whatever the case and the breaks between words: a quote is taken
 * from a line that may have been broken on the screen.
 */
export function markQuotes(text: string, quotes: readonly string[]): Stretch[] {
  const patterns = quotes
    .map((quote) => quote.trim().split(/\s+/).filter((word) => word !== '').map(escapeWord).join('\\s+'))
    .filter((pattern) => pattern !== '')
    // The longest first, so that a quote inside another does not cut it.
    .sort((a, b) => b.length - a.length);
  if (patterns.length === 0) return text === '' ? [] : [{ text, marked: false }];
  const stretches: Stretch[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(patterns.join('|'), 'giu'))) {
    if (match.index > from) stretches.push({ text: text.slice(from, match.index), marked: false });
    stretches.push({ text: match[0], marked: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) stretches.push({ text: text.slice(from), marked: false });
  return stretches;
}

function escapeWord(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
