import { describe, expect, it } from 'vitest';
import { readDraft, TEMPLATE } from './rules-draft';

describe('a kept draft', () => {
  it('is read back with the version it began from', () => {
    expect(readDraft('{"base":2,"toml":"a = 1"}')).toEqual({ base: 2, toml: 'a = 1' });
    expect(readDraft('{"base":null,"toml":""}')).toEqual({ base: null, toml: '' });
  });

  it.each([[null], ['not json'], ['{"toml":7}'], ['null'], ['[]']])('is none where %j is kept', (kept) => {
    expect(readDraft(kept)).toBeNull();
  });
});

describe('the example', () => {
  it('changes nothing before somebody takes the comments away', () => {
    expect(TEMPLATE.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true);
  });
});
