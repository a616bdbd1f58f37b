import { describe, expect, it } from 'vitest';
import { mergeOf } from './grouping';

const ticket = (number: number, over: { major?: boolean; members?: number } = {}) => ({ number, major: false, members: 0, ...over });

describe('merging two tickets', () => {
  it('puts the younger into the older, whichever is on the page', () => {
    expect(mergeOf(ticket(1042), ticket(1039))).toEqual({ number: 1042, into: 1039 });
    expect(mergeOf(ticket(1039), ticket(1042))).toEqual({ number: 1042, into: 1039 });
  });

  it('keeps the one that stands for others', () => {
    expect(mergeOf(ticket(1039), ticket(1042, { members: 2 }))).toEqual({ number: 1039, into: 1042 });
    expect(mergeOf(ticket(1042, { major: true }), ticket(1039))).toEqual({ number: 1039, into: 1042 });
  });

  it('is not offered where both stand for others', () => {
    expect(mergeOf(ticket(1, { major: true }), ticket(2, { members: 1 }))).toBeNull();
  });
});
