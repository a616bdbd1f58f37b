import type { Finding, Level, Priority, Verdict } from '@redbutton/shared/api/types';
import { en } from '@redbutton/shared/i18n/en';
import { ru } from '@redbutton/shared/i18n/ru';
import { describe, expect, it } from 'vitest';
import { ownerName, priorityOf, sortFindings } from './verdict-words';

const finding = (rule: string): Finding => ({ rule, says: { en: rule, ru: rule }, severity: 'info', evidence: [] });
const verdict = (over: Partial<Verdict>): Verdict => ({
  category: { value: 'network', confidence: 0.9, evidence: ['gateway'] },
  impact: { value: 'low', confidence: 1 },
  urgency: { value: 'low', confidence: 1 },
  priority: { value: 'P4', confidence: 1 },
  team: { value: 'network', confidence: 1 },
  findings: ['gateway', 'dns', 'memory', 'updates'].map(finding),
  signature: 's',
  triage_version: '1',
  ...over,
});
const rules = (findings: Finding[]): string[] => findings.map((each) => each.rule);

describe('the findings of a verdict', () => {
  it('are what it rests on, what spoke against it, and the rest', () => {
    const sorted = sortFindings(verdict({ against: ['memory'], owner: { value: { kind: 'lan' }, confidence: 0.9, evidence: ['dns'] } }));
    expect(rules(sorted.restsOn)).toEqual(['gateway', 'dns']);
    expect(rules(sorted.against)).toEqual(['memory']);
    expect(rules(sorted.others)).toEqual(['updates']);
  });

  it('never stand on both sides', () => {
    const sorted = sortFindings(verdict({ against: ['gateway'] }));
    expect(rules(sorted.restsOn)).toEqual([]);
    expect(rules(sorted.against)).toEqual(['gateway']);
  });
});

describe('the owner of a fault', () => {
  it('is told in the reader’s language, a service by its name', () => {
    expect(ownerName({ kind: 'provider' }, ru)).toBe('Провайдер');
    expect(ownerName({ kind: 'service', name: 'mail.example.org' }, en)).toBe('mail.example.org');
  });
});

describe('the matrix', () => {
  it.each<[Level, Level, Priority]>([
    ['high', 'high', 'P1'],
    ['high', 'medium', 'P2'],
    ['medium', 'high', 'P2'],
    ['medium', 'medium', 'P3'],
    ['low', 'high', 'P3'],
    ['high', 'low', 'P3'],
    ['low', 'medium', 'P4'],
    ['low', 'low', 'P4'],
  ])('of impact %s and urgency %s says %s', (impact, urgency, priority) => {
    expect(priorityOf(impact, urgency)).toBe(priority);
  });
});
