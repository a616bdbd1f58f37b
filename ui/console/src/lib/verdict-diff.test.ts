import type { ChangedVerdict } from '@redbutton/shared/api/types';
import { describe, expect, it } from 'vitest';
import { changesOf, narrowChanges, rulesBehind } from './verdict-diff';

const outline = { category: 'network', confidence: 0.8, priority: 'P3', team: 'network' } as const;
const change = (after: Partial<ChangedVerdict['after']>, because: string[]): ChangedVerdict => ({ report_id: because.join(), ticket: 1, before: outline, after: { ...outline, ...after }, because });

describe('a changed verdict', () => {
  it('says everything that changes, confidence only where nothing else does', () => {
    expect(changesOf(change({ category: 'email', team: 'messaging', confidence: 0.9 }, []))).toEqual(['category', 'team']);
    expect(changesOf(change({ confidence: 0.9 }, []))).toEqual(['confidence']);
  });
});

describe('changed verdicts', () => {
  const changed = [change({ category: 'email' }, ['a', 'b']), change({ priority: 'P1' }, ['b']), change({ confidence: 0.1 }, ['b'])];

  it('are narrowed by what changes and by the rule behind it', () => {
    expect(narrowChanges(changed, 'category', null)).toHaveLength(1);
    expect(narrowChanges(changed, null, 'b')).toHaveLength(3);
    expect(narrowChanges(changed, 'priority', 'a')).toHaveLength(0);
  });

  it('name the rule that changes most first', () => {
    expect(rulesBehind(changed)).toEqual([
      { rule: 'b', count: 3 },
      { rule: 'a', count: 1 },
    ]);
  });
});
