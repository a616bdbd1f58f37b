import { describe, expect, it } from 'vitest';
import { CATEGORY_KEYS, categoryOf } from './category-keys';

describe('the keys of categories', () => {
  it('are all different, one for each category but "not classified"', () => {
    expect(new Set(CATEGORY_KEYS.map(({ key }) => key)).size).toBe(CATEGORY_KEYS.length);
    expect(CATEGORY_KEYS).toHaveLength(12);
    expect(CATEGORY_KEYS.every(({ key }) => key !== '')).toBe(true);
  });

  it('choose by the key, and by its place where a layout writes something else', () => {
    expect(categoryOf({ key: '1', code: 'Digit1' })).toBe('network');
    expect(categoryOf({ key: '&', code: 'Digit1' })).toBe('network');
    expect(categoryOf({ key: '3', code: 'Numpad3' })).toBe('email');
    expect(categoryOf({ key: '=', code: 'Equal' })).toBe('request');
    expect(categoryOf({ key: 'q', code: 'KeyQ' })).toBeNull();
  });
});
