import { describe, expect, it } from 'vitest';
import { withinSentence } from './names';

describe('a label inside a sentence', () => {
  it.each([
    ['Free share', 'free share'],
    ['Том', 'том'],
    ['VPN', 'VPN'],
    ['Wi-Fi', 'Wi-Fi'],
    ['Код HTTP', 'код HTTP'],
    ['HTTP status', 'HTTP status'],
    ['', ''],
  ])('%j reads %j', (label, text) => {
    expect(withinSentence(label)).toBe(text);
  });
});
