import { describe, expect, it } from 'vitest';
import { Formats } from './format';
import { en } from './i18n/en';
import { ru } from './i18n/ru';

const english = new Formats('en', en);
const russian = new Formats('ru', ru);
/** Intl uses no-break spaces in places; people do not see the difference. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('formats', () => {
  it('write bytes in binary multiples', () => {
    expect(english.bytes(0)).toBe('0 B');
    expect(english.bytes(1023)).toBe('1,023 B');
    expect(english.bytes(222_298_112)).toBe('212 MB');
    expect(plain(russian.bytes(1.5 * 1024 ** 3))).toBe('1,5 ГБ');
    expect(english.bytes(5 * 1024 ** 5)).toBe('5,120 TB');
  });

  it('write a duration in one or two units', () => {
    expect(english.duration(38)).toBe('38 ms');
    expect(english.duration(2_400)).toBe('2.4 s');
    expect(english.duration(12 * 60_000)).toBe('12 min');
    expect(english.duration(93_400_000)).toBe('1 d 1 h');
    expect(russian.duration(-450_000)).toBe('−7 мин 30 с');
  });

  it('write an age in one unit', () => {
    expect(english.age(20_000)).toBe('just now');
    expect(russian.age(5 * 60_000)).toBe('5 мин');
    expect(russian.age(49 * 3_600_000)).toBe('2 д');
  });

  it('write how long ago something was', () => {
    const now = Date.parse('2026-03-10T12:00:00Z');
    expect(plain(russian.relative('2026-03-10T11:55:00Z', now))).toBe('5 мин. назад');
    expect(english.relative('2026-03-09T11:00:00Z', now)).toBe('yesterday');
    expect(english.relative('2026-03-10T12:00:30Z', now)).toBe('just now');
  });

  it('write the time alone on the same day', () => {
    const now = new Date(2026, 2, 10, 12, 0).getTime();
    expect(english.moment(new Date(2026, 2, 10, 9, 14).getTime(), now)).toBe('09:14');
    expect(english.moment(new Date(2026, 2, 9, 9, 14).getTime(), now)).toContain('9 Mar');
    expect(english.moment(new Date(2025, 2, 9, 9, 14).getTime(), now)).toContain('2025');
  });

  it('write a probability as whole percent', () => {
    expect(plain(russian.percent(0.826))).toBe('83 %');
  });
});
