import type { Category, Quality } from '@redbutton/shared/api/types';
import { CATEGORIES } from './lists';

export interface ConfusionCell {
  said: Category;
  count: number;
  /** Of the tickets of this row, 0 to 1. */
  share: number;
}
export interface ConfusionRow {
  was: Category;
  cells: ConfusionCell[];
}

/** Confusions as a table of the categories that occur, in the usual order; abstentions stand last. */
export function confusionTable(confusion: Quality['confusion']): { said: Category[]; rows: ConfusionRow[] } {
  const count = (was: Category, said: Category): number => confusion.find((each) => each.was === was && each.said === said)?.count ?? 0;
  const said = CATEGORIES.filter((category) => confusion.some((each) => each.said === category || (each.was === category && category !== 'other')));
  const rows = CATEGORIES.filter((category) => confusion.some((each) => each.was === category)).map((was) => {
    const all = confusion.filter((each) => each.was === was).reduce((sum, each) => sum + each.count, 0);
    return { was, cells: said.map((each) => ({ said: each, count: count(was, each), share: all > 0 ? count(was, each) / all : 0 })) };
  });
  return { said, rows };
}
