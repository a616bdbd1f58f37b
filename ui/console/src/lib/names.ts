import { probeName } from '@redbutton/shared/facts';
import type { Messages } from '@redbutton/shared/i18n/i18n.svelte';
import { fill } from '@redbutton/shared/i18n/message';

/** A team's name; a team this page has no text for is shown by its key. */
export function teamName(key: string, messages: Messages): string {
  return (messages.team as Record<string, string>)[key] ?? key;
}

/** A label inside a sentence: its first word small, unless it is an abbreviation or a name ("VPN", "Wi-Fi"). */
export function withinSentence(label: string): string {
  return label.replace(/^\p{Lu}(?=\p{Ll}*(\s|$))/u, (letter) => letter.toLowerCase());
}

/** What was left out, in words: `screenshot:<monitor>`, `fact:<probe>`, `text`, `user`. */
export function omittedItem(item: string, messages: Messages): string {
  const separator = item.indexOf(':');
  const kind = separator < 0 ? item : item.slice(0, separator);
  const rest = separator < 0 ? '' : item.slice(separator + 1);
  const texts = messages.console.ticket;
  switch (kind) {
    case 'screenshot':
      return fill(texts.picture, { monitor: rest });
    case 'fact':
      return probeName(rest, messages);
    case 'text':
      return texts.sentence;
    case 'user':
      return texts.user;
    default:
      return item;
  }
}
