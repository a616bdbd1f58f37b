import { Formats } from '../format';
import { en } from './en';
import { fill, LANGUAGES, languageOf, plural, type Language, type Plural, type Same } from './message';
import { ru } from './ru';

export type Messages = Same<typeof en>;
export const messages: Record<Language, Messages> = { en, ru };

const KEY = 'redbutton.language';

/** The page's language: what was chosen here before, else the browser's. Everything that reads it follows a change. */
class I18n {
  language = $state<Language>('en');
  /** Whether a person chose it here; then nothing else may change it. */
  chosen = $state(false);
  readonly m = $derived(messages[this.language]);
  readonly format = $derived(new Formats(this.language, messages[this.language]));

  /** Reads the choice made before; call once, before the first paint. */
  start(preferred: string | undefined): void {
    const kept = localStorage.getItem(KEY);
    this.chosen = LANGUAGES.some((language) => language === kept);
    this.set(languageOf(this.chosen ? (kept ?? undefined) : preferred));
  }

  set(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
  }

  /** A person's choice: kept for the next visit. */
  choose(language: Language): void {
    localStorage.setItem(KEY, language);
    this.chosen = true;
    this.set(language);
  }

  fill(text: string, values: Record<string, string | number>): string {
    return fill(text, values);
  }

  count(forms: Plural, n: number, values?: Record<string, string | number>): string {
    return plural(this.language, forms, n, values);
  }

  /** A text that exists in both languages; the other one where this one is empty. */
  local(text: { en: string; ru: string }): string {
    return text[this.language] || text.en || text.ru;
  }
}

export const i18n = new I18n();
