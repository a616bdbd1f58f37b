import { describe, expect, it } from 'vitest';
import { backoffMs, readChange } from './live.svelte';

describe('the live stream', () => {
  it('reads a change', () => {
    expect(readChange('{"number":7,"seq":12}')).toEqual({ number: 7 });
  });
  it('reads a change without a position: it is not kept, but it happened', () => {
    expect(readChange('{"number":7}')).toEqual({ number: 7 });
  });
  it.each(['', 'not json', 'null', '{"number":"7","seq":1}', '{"seq":1}', '[]'])('passes over %j', (data) => {
    expect(readChange(data)).toBeNull();
  });
  it('waits longer each time, never more than half a minute, never all at once', () => {
    expect(backoffMs(0, 0)).toBe(500);
    expect(backoffMs(0, 1)).toBe(1000);
    expect(backoffMs(3, 1)).toBe(8000);
    expect(backoffMs(30, 1)).toBe(30_000);
  });
});
