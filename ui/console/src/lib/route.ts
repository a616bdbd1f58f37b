import type { Category, TicketView } from '@redbutton/shared/api/types';
import { CATEGORIES, VIEWS } from './lists';

export interface QueueFilter {
  view: TicketView;
  category?: Category;
  q?: string;
}

export type Route =
  | { page: 'queue'; filter: QueueFilter }
  | { page: 'ticket'; number: number }
  | { page: 'notices' }
  | { page: 'triage' }
  | { page: 'rules' }
  | { page: 'not_found' };

/** The page at an address. Unknown views and categories are ignored, unknown paths are not. */
export function parse(path: string, search: string): Route {
  const clean = path.replace(/\/+$/, '') || '/';
  if (clean === '/') {
    const query = new URLSearchParams(search);
    const filter: QueueFilter = { view: VIEWS.find((view) => view === query.get('view')) ?? 'open' };
    const category = CATEGORIES.find((known) => known === query.get('category'));
    if (category) filter.category = category;
    const q = query.get('q')?.trim();
    if (q) filter.q = q;
    return { page: 'queue', filter };
  }
  const ticket = /^\/tickets\/([1-9]\d{0,14})$/.exec(clean);
  if (ticket) return { page: 'ticket', number: Number(ticket[1]) };
  if (clean === '/notices') return { page: 'notices' };
  if (clean === '/triage') return { page: 'triage' };
  if (clean === '/rules') return { page: 'rules' };
  return { page: 'not_found' };
}

/** The address of a page; the inverse of `parse`. */
export function addressOf(route: Exclude<Route, { page: 'not_found' }>): string {
  switch (route.page) {
    case 'queue': {
      const query = new URLSearchParams();
      if (route.filter.view !== 'open') query.set('view', route.filter.view);
      if (route.filter.category) query.set('category', route.filter.category);
      if (route.filter.q) query.set('q', route.filter.q);
      const text = query.toString();
      return text ? `/?${text}` : '/';
    }
    case 'ticket':
      return `/tickets/${route.number}`;
    case 'notices':
    case 'triage':
    case 'rules':
      return `/${route.page}`;
  }
}
