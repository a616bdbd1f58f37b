import { describe, expect, it } from 'vitest';
import type { Fact, Finding } from '@redbutton/shared/api/types';
import { groupFacts } from './fact-groups';

const ok = (probe: string): Fact => ({ probe, outcome: { status: 'ok', data: {} }, took_ms: 1, privacy: 'technical' });
const finding = (severity: Finding['severity'], probe: string, pointer: string): Finding => ({ rule: `r.${probe}`, says: { en: 'x', ru: 'x' }, severity, evidence: [{ source: 'fact', probe, pointer, value: '' }] });

describe('facts on a ticket', () => {
  it('come abnormal first, worst first, then healthy, then unavailable', () => {
    const missing: Fact = { probe: 'wifi', outcome: { status: 'unavailable', reason: 'not_present' }, took_ms: 1, privacy: 'technical' };
    const groups = groupFacts([ok('os'), missing, ok('load'), ok('disks')], [finding('warning', 'load', '/cpu_percent'), finding('critical', 'disks', '/volumes/0'), finding('critical', 'wifi', '')]);
    expect(groups.abnormal.map((each) => [each.fact.probe, each.severity])).toEqual([
      ['disks', 'critical'],
      ['load', 'warning'],
    ]);
    expect(groups.healthy.map((fact) => fact.probe)).toEqual(['os']);
    expect(groups.unavailable.map((fact) => fact.probe)).toEqual(['wifi']);
  });

  it('keep the worst severity of a value two findings point at', () => {
    const groups = groupFacts([ok('load')], [finding('critical', 'load', '/x'), finding('info', 'load', '/x')]);
    expect(groups.abnormal[0]?.marks.get('/x')).toBe('critical');
  });
});
