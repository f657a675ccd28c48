const KEY = 'soliloquy.theme';

/** What the page looks like: as the system does, until chosen otherwise. */
class Theme {
  chosen = $state<'system' | 'light' | 'dark'>('system');

  get dark(): boolean {
    return this.chosen === 'dark' || (this.chosen === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  }

  choose(theme: 'system' | 'light' | 'dark'): void {
    this.chosen = theme;
    if (theme === 'system') {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem(KEY);
    } else {
      document.documentElement.dataset.theme = theme;
      localStorage.setItem(KEY, theme);
    }
  }
}

export const theme = new Theme();

export function restoreTheme(): void {
  const kept = localStorage.getItem(KEY);
  if (kept === 'light' || kept === 'dark') theme.choose(kept);
}
