import { describe, expect, it } from 'vitest';
import { concerns, labelOf, partsOf, textAt, textOf } from './facts';
import { Formats } from './format';
import { en } from './i18n/en';
import { ru } from './i18n/ru';

const format = new Formats('en', en);

describe('a fact laid out', () => {
  const disks = { volumes: [{ mount: '/home', free_bytes: 1024, fs_errors: null }, { mount: '/', free_bytes: 2048, fs_errors: null }], pressure: { io_some_avg10: 41.3, cpu_some_avg10: null }, read_only: false, plan: null };

  it('makes lists of records tables, records groups, and leaves out what the machine does not tell', () => {
    const parts = partsOf(disks, format, en);
    expect(parts.map((part) => [part.kind, part.pointer])).toEqual([
      ['table', '/volumes'],
      ['group', '/pressure'],
      ['pair', '/read_only'],
    ]);
    const table = parts[0];
    expect(table?.kind === 'table' && table.columns.map((column) => column.key)).toEqual(['mount', 'free_bytes']);
    expect(table?.kind === 'table' && table.rows[1]?.cells[1]).toEqual({ pointer: '/volumes/1/free_bytes', text: '2 KB' });
  });

  it('begins with what is looked for first, and keeps the order of the rest', () => {
    const network = { dns: { took_ms: 4, ok: true }, gateway: { address: '10.2.0.1', ok: false }, link: { ok: true }, zone: 'b', area: 'a', services: [{ check: { error: 'timed_out', ok: false }, name: 'mail' }] };
    const parts = partsOf(network, format, en);
    expect(parts.map((part) => part.pointer)).toEqual(['/link', '/gateway', '/dns', '/services', '/zone', '/area']);
    expect(parts[1]?.kind === 'group' && parts[1].parts.map((part) => part.pointer)).toEqual(['/gateway/ok', '/gateway/address']);
    const table = parts[3];
    expect(table?.kind === 'table' && table.rows[0]?.cells.map((cell) => cell.text)).toEqual(['mail', 'In order: no; Error: timed out']);
  });

  it('escapes keys in pointers as RFC 6901 wants', () => {
    expect(partsOf({ 'a/b~c': 1 }, format, en)[0]?.pointer).toBe('/a~1b~0c');
    expect(textAt({ 'a/b~c': true }, '/a~1b~0c', format, en)).toBe('yes');
  });

  it('survives data that is no record', () => {
    expect(partsOf('text', format, en)).toHaveLength(1);
    expect(partsOf(null, format, en)).toHaveLength(1);
    expect(partsOf({ deep: { a: { b: { c: { d: { e: 1 } } } } } }, format, en)).toHaveLength(1);
  });
});

describe('a value', () => {
  it.each([
    ['free_bytes', 212 * 1024 ** 2, '212 MB'],
    ['signal_dbm', -58, '-58 dBm'],
    ['rtt_ms', 1.2, '1 ms'],
    ['uptime_s', 90, '1 min 30 s'],
    ['free_percent', 0.1, '0.1 %'],
    ['io_some_avg10', 41.3, '41.3 %'],
    ['pid', 12345, '12345'],
    ['status', 1503, '1503'],
    ['responding', false, 'no'],
    ['servers', [], 'none'],
    ['servers', ['10.0.0.1', '10.0.0.2'], '10.0.0.1, 10.0.0.2'],
    ['last_boot_reason', 'unexpected_shutdown', 'unexpected shutdown'],
    ['name', 'constructor', 'constructor'],
  ] as const)('%s %j reads %s', (key, value, text) => {
    expect(textOf(key, value as never, format, en)).toBe(text);
  });

  it('keeps words of ours in the reader’s language', () => {
    expect(textOf('kind', 'bugcheck', new Formats('ru', ru), ru)).toBe('синий экран');
  });
});

describe('labels', () => {
  it('make unknown keys readable without their unit', () => {
    expect(labelOf('queue_depth_bytes', en)).toBe('Queue depth');
    expect(labelOf('toString', en)).toBe('ToString');
  });
});

describe('evidence', () => {
  it('concerns a value, what holds it and what it holds', () => {
    expect(concerns('/volumes/0/free_percent', '/volumes/0')).toBe(true);
    expect(concerns('/volumes/0', '/volumes/0/mount')).toBe(true);
    expect(concerns('/volumes/1', '/volumes/10')).toBe(false);
  });
  it('points nowhere when the fact has changed its shape', () => {
    expect(textAt({ a: 1 }, '/b/c', format, en)).toBeNull();
    expect(textAt({ a: { b: 1 } }, '/a', format, en)).toBeNull();
  });
});
