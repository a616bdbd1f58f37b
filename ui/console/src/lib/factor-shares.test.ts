import { describe, expect, it } from 'vitest';
import { shares } from './factor-shares';

const shared = (value: string, members_with: number, others_with: number, others = 400) => ({
  factor: { dimension: 'gateway', value } as const,
  members_with,
  members: 13,
  others_with,
  others,
  says: { en: `gateway ${value}`, ru: `шлюз ${value}` },
});

describe('what members share', () => {
  it('has a share of nothing among nobody', () => {
    expect(shares(shared('x', 13, 0, 0))).toEqual({ members: 1, others: 0 });
  });
});
