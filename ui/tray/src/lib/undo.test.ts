import { describe, expect, it } from 'vitest';
import { undoLeftMs } from './undo';

const now = Date.parse('2026-03-10T12:00:00Z');

describe('the time left to undo', () => {
  it('counts down and never below nothing', () => {
    expect(undoLeftMs('2026-03-10T12:04:00Z', now)).toBe(240_000);
    expect(undoLeftMs('2026-03-10T11:59:00Z', now)).toBe(0);
  });
  it('is unknown where the agent does not say', () => {
    expect(undoLeftMs(null, now)).toBeNull();
    expect(undoLeftMs('soon', now)).toBeNull();
  });
});
