import { describe, expect, it } from 'vitest';
import { en } from './en';
import { fill, languageOf, plural } from './message';
import { ru } from './ru';

type Tree = { [key: string]: Tree | string | readonly string[] };

function leaves(tree: Tree, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(`${path}${key}`, value);
    else for (const [inner, text] of leaves(value as Tree, `${path}${key}.`)) found.set(inner, text);
  }
  return found;
}
const withoutPluralForm = (path: string): string => path.replace(/\.(one|few|many|other)$/, '');
const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
const english = leaves(en as unknown as Tree);
const russian = leaves(ru as unknown as Tree);

describe('texts in two languages', () => {
  it('have the same keys', () => {
    const keys = (texts: Map<string, string>): string[] => [...new Set([...texts.keys()].map(withoutPluralForm))].sort();
    expect(keys(russian)).toEqual(keys(english));
  });

  it('are never empty, save where a stage says nothing more', () => {
    const empty = [...english, ...russian].filter(([, text]) => text.trim() === '').map(([path]) => path);
    expect(new Set(empty)).toEqual(new Set(['tray.stage.refused.text']));
  });

  it('have the same places to fill', () => {
    for (const [path, text] of russian) {
      const same = english.get(path) ?? english.get(`${withoutPluralForm(path)}.other`) ?? '';
      expect(places(text), path).toEqual(places(same));
    }
  });

  it('have every plural form Russian needs', () => {
    const plurals = [...english.keys()].filter((path) => path.endsWith('.one')).map(withoutPluralForm);
    expect(plurals.length).toBeGreaterThan(10);
    for (const path of plurals) {
      for (const form of ['one', 'few', 'many', 'other']) expect(russian.has(`${path}.${form}`), `${path}.${form}`).toBe(true);
    }
  });

  it('are Russian in Russian', () => {
    const same = [...russian].filter(([path, text]) => english.get(path) === text && /[a-z]{4}/i.test(text.replace(/\{\w+\}|Redbutton|Ctrl|Enter|Windows|macOS|Linux|Wi-Fi|SMART|HTTP|IPv[46]|INC|Ping/g, '')));
    expect(same).toEqual([]);
  });

  it('give every error a next step', () => {
    for (const texts of [en.error, ru.error]) {
      for (const [code, text] of Object.entries(texts)) expect(text.next.length, code).toBeGreaterThanOrEqual(10);
    }
  });
});

describe('plurals', () => {
  const forms = ru.console.queue.tickets;
  it.each([
    [1, '1 обращение'],
    [2, '2 обращения'],
    [5, '5 обращений'],
    [11, '11 обращений'],
    [21, '21 обращение'],
    [104, '104 обращения'],
    [1.5, '1,5 обращения'],
  ])('of %d in Russian', (n, text) => {
    expect(plural('ru', forms, n)).toBe(text);
  });

  it('of one and many in English', () => {
    expect(plural('en', en.console.queue.tickets, 1)).toBe('1 ticket');
    expect(plural('en', en.console.queue.tickets, 1200)).toBe('1,200 tickets');
  });
});

describe('filling', () => {
  it('leaves a place without a value visible', () => {
    expect(fill('INC-{number} of {who}', { number: 7 })).toBe('INC-7 of {who}');
  });
  it('does not fill what a value brings along', () => {
    expect(fill('{a}', { a: '{b}', b: 'x' })).toBe('{b}');
  });
});

describe('the language of a locale', () => {
  it.each([
    ['ru-RU', 'ru'],
    ['RU', 'ru'],
    ['en-GB', 'en'],
    ['de', 'en'],
    [undefined, 'en'],
  ])('%s is %s', (locale, language) => {
    expect(languageOf(locale)).toBe(language);
  });
});
