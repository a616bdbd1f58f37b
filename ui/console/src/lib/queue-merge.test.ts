import { describe, expect, it } from 'vitest';
import type { TicketSummary } from '@redbutton/shared/api/types';
import { merge, settle, type Row } from './queue-merge';

const ticket = (number: number, over: Partial<TicketSummary> = {}): TicketSummary => ({
  number,
  status: 'new',
  priority: 'P3',
  category: 'network',
  team: 'network',
  confidence: 0.9,
  hostname: `WS-${number}`,
  major: false,
  members: 0,
  people: 1,
  corrected: false,
  opened_at: '2026-03-10T12:00:00Z',
  last_report_at: '2026-03-10T12:00:00Z',
  updated_at: '2026-03-10T12:00:00Z',
  reports: 1,
  awaited: 0,
  ...over,
});
const rows = (...numbers: number[]): Row[] => numbers.map((number) => ({ ticket: ticket(number) }));
const numbers = (list: Row[]): number[] => list.map((row) => row.ticket.number);

describe('a live queue', () => {
  it('shows its first page without lighting anything', () => {
    expect(merge([], [ticket(1), ticket(2)], false).rows.every((row) => row.lit === undefined)).toBe(true);
  });

  it('takes the fresh order and lights what is new while nobody points at it', () => {
    const merged = merge(rows(1, 2), [ticket(3), ticket(1), ticket(2)], false);
    expect(numbers(merged.rows)).toEqual([3, 1, 2]);
    expect(merged.rows.map((row) => row.lit)).toEqual(['new', undefined, undefined]);
    expect(merged.pending).toBe(0);
  });

  it('moves nothing under the cursor: new ones above wait, gone ones stay marked', () => {
    const merged = merge(rows(1, 2, 3), [ticket(9), ticket(1), ticket(3)], true);
    expect(numbers(merged.rows)).toEqual([1, 2, 3]);
    expect(merged.rows.map((row) => row.gone ?? false)).toEqual([false, true, false]);
    expect(merged.pending).toBe(1);
  });

  it('adds what sorts behind everything shown at once, even under the cursor', () => {
    const merged = merge(rows(1, 2), [ticket(1), ticket(2), ticket(8)], true);
    expect(numbers(merged.rows)).toEqual([1, 2, 8]);
    expect(merged.pending).toBe(0);
  });

  it('lights a changed row in its place', () => {
    const merged = merge(rows(1, 2), [ticket(2, { priority: 'P1', updated_at: '2026-03-10T12:01:00Z' }), ticket(1)], true);
    expect(numbers(merged.rows)).toEqual([1, 2]);
    expect(merged.rows[1]).toMatchObject({ lit: 'changed', ticket: { priority: 'P1' } });
  });

  it('brings a row back that returns to the view', () => {
    const merged = merge([{ ticket: ticket(1), gone: true }], [ticket(1)], true);
    expect(merged.rows[0]?.gone).toBeUndefined();
  });

  it('drops the gone ones when it settles', () => {
    expect(numbers(settle([{ ticket: ticket(1), gone: true }, ...rows(2)]))).toEqual([2]);
  });

  it('keeps everything marked when the whole page has left', () => {
    const merged = merge(rows(1, 2), [ticket(5)], true);
    expect(numbers(merged.rows)).toEqual([1, 2]);
    expect(merged.pending).toBe(1);
  });
});
