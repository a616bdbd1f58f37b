import { describe, expect, it } from 'vitest';
import { localTime, noticeOf, type NoticeDraft } from './notice-draft';

const draft: NoticeDraft = { kind: 'maintenance', titleEn: ' Mail ', titleRu: 'Почта', category: 'email', keywords: 'outlook, , почта ', site: '', startsAt: '2026-03-10T09:00', endsAt: '', nextNewsAt: '' };

describe('a notice', () => {
  it('is made of the form, in UTC, without blanks', () => {
    expect(noticeOf(draft)).toEqual({
      notice: { kind: 'maintenance', title: { en: 'Mail', ru: 'Почта' }, category: 'email', keywords: ['outlook', 'почта'], starts_at: new Date('2026-03-10T09:00').toISOString() },
    });
  });
  it('is of one site where one is chosen', () => {
    expect(noticeOf({ ...draft, site: 'north' })).toMatchObject({ notice: { site: 'north' } });
  });
  it('needs both languages, a beginning, and an end after it', () => {
    expect(noticeOf({ ...draft, titleRu: ' ' })).toEqual({ mistake: 'required' });
    expect(noticeOf({ ...draft, startsAt: '' })).toEqual({ mistake: 'needStart' });
    expect(noticeOf({ ...draft, endsAt: '2026-03-10T09:00' })).toEqual({ mistake: 'badTimes' });
  });
  it('shows a moment as the reader’s clock does', () => {
    expect(localTime(new Date(2026, 2, 10, 9, 5))).toBe('2026-03-10T09:05');
  });
});
