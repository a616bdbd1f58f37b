import type { Category, TicketView } from '@redbutton/shared/api/types';

/** In the order the pages show them; typed so that a missing one does not compile. */
const views: Record<TicketView, true> = { open: true, mine: true, unassigned: true, resolved: true };
const categories: Record<Category, true> = {
  network: true,
  access: true,
  email: true,
  printing: true,
  hardware: true,
  performance: true,
  application: true,
  storage: true,
  conferencing: true,
  security: true,
  'operating-system': true,
  request: true,
  other: true,
};

export const VIEWS = Object.keys(views) as TicketView[];
export const CATEGORIES = Object.keys(categories) as Category[];
