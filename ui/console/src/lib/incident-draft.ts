import type { LocalText } from '@redbutton/shared/api/types';

/** What users are told of a major incident; the time as `<input type="datetime-local">` gives it. */
export interface IncidentDraft {
  ru: string;
  en: string;
  nextNewsAt: string;
}

export type IncidentMistake = 'bothTitles' | 'newsInPast';

const HALF_HOUR = 30 * 60_000;

/** When news may be promised: the next full half hour at least an hour ahead of `now` (ms). */
export function promisedNews(now: number): Date {
  return new Date(Math.ceil((now + 2 * HALF_HOUR) / HALF_HOUR) * HALF_HOUR);
}

/** The body of the request, or what is wrong with the draft. */
export function incidentOf(draft: IncidentDraft, now: number): { title: LocalText; next_news_at?: string } | { mistake: IncidentMistake } {
  const title = { en: draft.en.trim(), ru: draft.ru.trim() };
  if (title.en === '' || title.ru === '') return { mistake: 'bothTitles' };
  if (draft.nextNewsAt === '') return { title };
  const at = new Date(draft.nextNewsAt);
  return at.getTime() > now ? { title, next_news_at: at.toISOString() } : { mistake: 'newsInPast' };
}
