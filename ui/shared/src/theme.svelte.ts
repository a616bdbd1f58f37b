export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** Also read by `public/theme.js`, which sets it before the first paint. */
const KEY = 'redbutton.theme';

/** Light, dark, or as the system has it. */
class ThemeChoice {
  current = $state<Theme>('system');

  start(): void {
    const kept = localStorage.getItem(KEY);
    this.set(THEMES.find((theme) => theme === kept) ?? 'system');
  }

  choose(theme: Theme): void {
    localStorage.setItem(KEY, theme);
    this.set(theme);
  }

  private set(theme: Theme): void {
    this.current = theme;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }
}

export const theme = new ThemeChoice();
