import { describe, expect, it } from 'vitest';
import { markQuotes } from './marked-text';

const marked = (text: string, quotes: string[]): string[] =>
  markQuotes(text, quotes)
    .filter((stretch) => stretch.marked)
    .map((stretch) => stretch.text);

describe('quotes in a text', () => {
  it('are found whatever their case, also across a line break', () => {
    expect(marked('Ошибка: программа\n не отвечает', ['Программа не отвечает'])).toEqual(['программа\n не отвечает']);
  });

  it('lose nothing of the text around them', () => {
    const text = 'код 0xC0000005 (0xc0000005) в core83.dll';
    const stretches = markQuotes(text, ['0xc0000005', 'core83.dll']);
    expect(stretches.map((stretch) => stretch.text).join('')).toBe(text);
    expect(stretches.filter((stretch) => stretch.marked)).toHaveLength(3);
  });

  it('may hold signs that mean something in a pattern', () => {
    expect(marked('path C:\\1C (x86) [a-z] $5.00/* end', ['C:\\1C (x86) [a-z] $5.00/*'])).toEqual(['C:\\1C (x86) [a-z] $5.00/*']);
  });

  it('are the longest where one holds another', () => {
    expect(marked('программа не отвечает', ['программа', 'программа не отвечает'])).toEqual(['программа не отвечает']);
  });

  it('that are empty mark nothing', () => {
    expect(markQuotes('text', ['', '  '])).toEqual([{ text: 'text', marked: false }]);
    expect(markQuotes('', ['a'])).toEqual([]);
  });
});
