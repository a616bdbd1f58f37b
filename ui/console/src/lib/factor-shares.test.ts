import { en } from '@redbutton/shared/i18n/en';
import { ru } from '@redbutton/shared/i18n/ru';
import { describe, expect, it } from 'vitest';
import { factorName, shares } from './factor-words';

const shared = (value: string, members_with: number, others_with: number, others = 400) => ({
  factor: { dimension: 'gateway', value } as const,
  members_with,
  members: 13,
  others_with,
  others,
  says: { en: `gateway ${value}`, ru: `шлюз ${value}` },
});

describe('a factor', () => {
  it('is named in the reader’s language', () => {
    expect(factorName({ dimension: 'gateway', value: '10.2.0.1' }, en)).toBe('gateway 10.2.0.1');
    expect(factorName({ dimension: 'category', value: 'email' }, ru)).toBe('категория «Почта»');
    expect(factorName({ dimension: 'version', value: 'outlook@16.0' }, en)).toBe('version outlook 16.0');
  });

  it('of an unknown category keeps its key', () => {
    expect(factorName({ dimension: 'category', value: 'brand-new' }, en)).toContain('brand-new');
  });
});

describe('what members share', () => {
  it('has a share of nothing among nobody', () => {
    expect(shares(shared('x', 13, 0, 0))).toEqual({ members: 1, others: 0 });
  });
});
