import type { Category, NewNotice } from '@redbutton/shared/api/types';

/** The form of a notice; times as `<input type="datetime-local">` gives them, in the reader's own time zone. */
export interface NoticeDraft {
  kind: NewNotice['kind'];
  titleEn: string;
  titleRu: string;
  category: Category;
  keywords: string;
  /** Key of a site, or empty for all. */
  site: string;
  startsAt: string;
  endsAt: string;
  nextNewsAt: string;
}

export type DraftMistake = 'required' | 'badTimes' | 'needStart';

/** The local time of `at` as `datetime-local` wants it. */
export function localTime(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** Comma-separated words, without empty ones. */
export function wordsOf(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** A notice, or what is wrong with the draft. */
export function noticeOf(draft: NoticeDraft): { notice: NewNotice } | { mistake: DraftMistake } {
  const en = draft.titleEn.trim();
  const ru = draft.titleRu.trim();
  if (en === '' || ru === '') return { mistake: 'required' };
  if (draft.startsAt === '') return { mistake: 'needStart' };
  if (draft.endsAt !== '' && draft.endsAt <= draft.startsAt) return { mistake: 'badTimes' };
  const utc = (local: string): string => new Date(local).toISOString();
  const notice: NewNotice = {
    kind: draft.kind,
    title: { en, ru },
    category: draft.category,
    keywords: wordsOf(draft.keywords),
    starts_at: utc(draft.startsAt),
  };
  if (draft.site !== '') notice.site = draft.site;
  if (draft.endsAt !== '') notice.ends_at = utc(draft.endsAt);
  if (draft.nextNewsAt !== '') notice.next_news_at = utc(draft.nextNewsAt);
  return { notice };
}
