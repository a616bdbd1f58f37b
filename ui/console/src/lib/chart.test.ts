import { describe, expect, it } from 'vitest';
import { axisFloor, everyWeek, isBeyondChance, linePath, place, radius } from './chart';

describe('a chart', () => {
  it('places values along an axis and keeps those outside at its ends', () => {
    expect(place(0.5, 0, 1, 200)).toBe(100);
    expect(place(-3, 0, 1, 200)).toBe(0);
    expect(place(7, 0, 1, 200)).toBe(200);
    expect(place(1, 1, 1, 200)).toBe(0);
  });

  it('breaks a line where nothing is known', () => {
    expect(linePath([{ x: 0, y: 1 }, { x: 1.234, y: 2 }, null, { x: 3, y: 4 }])).toBe('M0 1L1.2 2M3 4');
    expect(linePath([])).toBe('');
  });

  it('begins its axis below everything it shows', () => {
    expect(axisFloor([0.95, 0.92, null])).toBe(0.9);
    expect(axisFloor([0.91, 0.3])).toBe(0.2);
    expect(axisFloor([0.01])).toBe(0);
    expect(axisFloor([null])).toBe(0);
  });

  it('holds a difference against triage only where chance does not explain it', () => {
    expect(isBeyondChance(0.7, 0, 1)).toBe(false);
    expect(isBeyondChance(0.7, 0.5, 10)).toBe(false);
    expect(isBeyondChance(0.7, 0.5, 100)).toBe(true);
    expect(isBeyondChance(1, 0.99, 100)).toBe(true);
    expect(isBeyondChance(1, 1, 0)).toBe(false);
  });

  it('leaves room for weeks in which nothing happened', () => {
    const week = (day: string) => ({ week_of: `2026-${day}` });
    expect(everyWeek([week('10-26'), week('11-09'), week('11-16')])).toEqual([week('10-26'), null, week('11-09'), week('11-16')]);
    expect(everyWeek([week('11-16')])).toEqual([week('11-16')]);
    expect(everyWeek([])).toEqual([]);
  });

  it('draws four times the count at twice the radius', () => {
    expect(radius(100, 100, 12)).toBe(12);
    expect(radius(25, 100, 12)).toBe(6);
    expect(radius(0, 0, 12)).toBe(0);
  });
});
