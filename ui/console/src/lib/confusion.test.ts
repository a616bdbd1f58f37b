import { describe, expect, it } from 'vitest';
import { confusionTable } from './confusion';

describe('the table of confusions', () => {
  const table = confusionTable([
    { said: 'email', was: 'network', count: 1 },
    { said: 'network', was: 'network', count: 3 },
    { said: 'other', was: 'email', count: 2 },
  ]);

  it('has a row for what occurred and a column for all that was said or occurred', () => {
    expect(table.said).toEqual(['network', 'email', 'other']);
    expect(table.rows.map((row) => row.was)).toEqual(['network', 'email']);
  });

  it('counts shares along a row', () => {
    expect(table.rows[0]?.cells.map((cell) => cell.share)).toEqual([0.75, 0.25, 0]);
    expect(table.rows[1]?.cells.map((cell) => cell.count)).toEqual([0, 0, 2]);
  });
});
