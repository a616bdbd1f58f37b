/** A counted text: one form per plural category of the language (CLDR); `other` is always there. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export type Language = 'en' | 'ru';
export const LANGUAGES: readonly Language[] = ['en', 'ru'];

/** The language of a BCP 47 tag or a locale name; English for everything but Russian. */
export function languageOf(locale: string | undefined): Language {
  return locale?.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

const rules: Record<Language, Intl.PluralRules> = {
  en: new Intl.PluralRules('en'),
  ru: new Intl.PluralRules('ru'),
};
const numbers: Record<Language, Intl.NumberFormat> = {
  en: new Intl.NumberFormat('en-GB'),
  ru: new Intl.NumberFormat('ru-RU'),
};

/** Replaces `{name}` by its value; a name without a value stays visible, so that it is noticed. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

/** The right plural form for `n`, with `{n}` written the language's way. */
export function plural(language: Language, forms: Plural, n: number, values: Record<string, string | number> = {}): string {
  const form = forms[rules[language].select(n)] ?? forms.other;
  return fill(form, { ...values, n: numbers[language].format(n) });
}

/** The same keys with texts of another language: strings stay strings, plurals stay plurals. */
export type Same<T> = T extends string ? string : T extends { one: string; other: string } ? Plural : { [K in keyof T]: Same<T[K]> };
