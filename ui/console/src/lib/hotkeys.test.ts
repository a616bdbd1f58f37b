import { describe, expect, it } from 'vitest';
import { keyOf } from './hotkeys';

const press = (key: string, code: string, shiftKey = false) => keyOf({ key, code, shiftKey });

describe('keys', () => {
  it('work under a Russian layout', () => {
    expect(press('е', 'KeyT')).toBe('t');
    expect(press('о', 'KeyJ')).toBe('j');
    expect(press('.', 'Slash')).toBe('/');
    expect(press(',', 'Slash', true)).toBe('?');
  });
  it('follow the letter on other Latin layouts', () => {
    expect(press('t', 'KeyK')).toBe('t');
    expect(press('?', 'Minus', true)).toBe('?');
  });
  it('keep their own names', () => {
    expect(press('Enter', 'Enter')).toBe('Enter');
  });
});
