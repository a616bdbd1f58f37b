import { describe, expect, it } from 'vitest';
import { addressOf, parse, type Route } from './route';

describe('addresses', () => {
  it.each<[string, Exclude<Route, { page: 'not_found' }>]>([
    ['/', { page: 'queue', filter: { view: 'open' } }],
    ['/?view=mine&category=network&q=inc-7', { page: 'queue', filter: { view: 'mine', category: 'network', q: 'inc-7' } }],
    ['/tickets/1042', { page: 'ticket', number: 1042 }],
    ['/notices', { page: 'notices' }],
    ['/triage', { page: 'triage' }],
    ['/rules', { page: 'rules' }],
  ])('%s is read and written back', (address, route) => {
    const url = new URL(address, 'http://x');
    expect(parse(url.pathname, url.search)).toEqual(route);
    expect(addressOf(route)).toBe(address);
  });

  it('ignore unknown views and categories', () => {
    expect(parse('/', '?view=all&category=cats&q=%20')).toEqual({ page: 'queue', filter: { view: 'open' } });
  });

  it.each(['/tickets/0', '/tickets/abc', '/tickets/-1', '/tickets/1/2', '/elsewhere', '/tickets/99999999999999999'])('%s is no page', (path) => {
    expect(parse(path, '')).toEqual({ page: 'not_found' });
  });

  it('allow a slash at the end', () => {
    expect(parse('/notices/', '')).toEqual({ page: 'notices' });
  });
});
