import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en';
import { ru } from '../i18n/ru';
import { explain, failureOf, isSignedOut } from './failure';

const codes = Object.keys(en.error);

describe('an answer that is not a success', () => {
  it('is told apart by its code', () => {
    const failure = failureOf(409, { code: 'conflict', detail: 'held' }, codes);
    expect(failure).toEqual({ kind: 'coded', code: 'conflict', detail: 'held' });
    expect(explain(failure, ru).title).toBe(ru.error.conflict.title);
  });

  it.each([[null], ['<html>502</html>'], [{ code: 'brand_new' }], [{ code: 7 }], [undefined]])('with the body %j is unexpected, never a crash', (body) => {
    expect(failureOf(502, body, codes)).toEqual({ kind: 'unexpected', status: 502 });
  });

  it('carries how long to wait', () => {
    expect(failureOf(429, { code: 'rate_limited' }, codes, '30')).toMatchObject({ retryAfterSeconds: 30 });
    expect(failureOf(429, { code: 'rate_limited' }, codes, 'soon')).not.toHaveProperty('retryAfterSeconds');
  });

  it('ends the session only by unauthenticated', () => {
    expect(isSignedOut({ kind: 'coded', code: 'unauthenticated' })).toBe(true);
    expect(isSignedOut({ kind: 'coded', code: 'wrong_credentials' })).toBe(false);
    expect(isSignedOut({ kind: 'no_answer' })).toBe(false);
  });
});
