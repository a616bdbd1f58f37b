import { describe, expect, it } from 'vitest';
import { incidentOf, promisedNews } from './incident-draft';
import { localTime } from './notice-draft';

const now = Date.parse('2026-11-22T09:14:00Z');
const draft = { ru: ' Нет сети ', en: 'No network', nextNewsAt: '' };

describe('the promise of news', () => {
  it('is on a full half hour, an hour ahead at least', () => {
    expect(promisedNews(now).toISOString()).toBe('2026-11-22T10:30:00.000Z');
    expect(promisedNews(Date.parse('2026-11-22T09:00:00Z')).toISOString()).toBe('2026-11-22T10:00:00.000Z');
  });
});

describe('what users are told of a major incident', () => {
  it('is in both languages', () => {
    expect(incidentOf(draft, now)).toEqual({ title: { ru: 'Нет сети', en: 'No network' } });
    expect(incidentOf({ ...draft, en: ' ' }, now)).toEqual({ mistake: 'bothTitles' });
  });

  it('promises news only for a time ahead', () => {
    expect(incidentOf({ ...draft, nextNewsAt: localTime(new Date(now + 60_000)) }, now)).toMatchObject({ next_news_at: '2026-11-22T09:15:00.000Z' });
    expect(incidentOf({ ...draft, nextNewsAt: localTime(new Date(now - 60_000)) }, now)).toEqual({ mistake: 'newsInPast' });
  });
});
