import type { Category } from '@redbutton/shared/api/types';
import { CATEGORIES } from './lists';

/** The number row, the same under every layout. */
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-', '='] as const;

/** Categories to choose from, each with the key that chooses it; always the same key for the same category. */
export const CATEGORY_KEYS: readonly { category: Category; key: string }[] = CATEGORIES.filter((category) => category !== 'other').map((category, index) => ({ category, key: KEYS[index] ?? '' }));

/** The category a key chooses: by the key itself or, where a layout writes something else there, by its place. */
export function categoryOf(event: Pick<KeyboardEvent, 'key' | 'code'>): Category | null {
  const place = /^Digit(\d)$/.exec(event.code)?.[1] ?? (event.code === 'Minus' ? '-' : event.code === 'Equal' ? '=' : null);
  return CATEGORY_KEYS.find(({ key }) => key === event.key || key === place)?.category ?? null;
}
