import type { Category, Factor, SharedFactor } from '@redbutton/shared/api/types';
import type { Messages } from '@redbutton/shared/i18n/i18n.svelte';
import { fill } from '@redbutton/shared/i18n/message';

/** A factor as people say it: "gateway 10.2.0.1", "category: Network". */
export function factorName({ dimension, value }: Factor, messages: Messages): string {
  return fill(messages.console.incidents.factor[dimension], { value: valueName(dimension, value, messages) });
}

function valueName(dimension: Factor['dimension'], value: string, messages: Messages): string {
  if (dimension === 'category') return messages.category[value as Category] ?? value;
  if (dimension === 'rung') return (messages.facts.value as Record<string, string>)[value] ?? value;
  // `key@version`, as the store writes it.
  if (dimension === 'version') return value.replace('@', ' ');
  return value;
}

/** Shares of those who have a factor, 0 to 1; an empty side has a share of 0. */
export function shares(factor: SharedFactor): { members: number; others: number } {
  const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
  return { members: share(factor.members_with, factor.members), others: share(factor.others_with, factor.others) };
}
