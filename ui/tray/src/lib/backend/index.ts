import { isTauri } from '@tauri-apps/api/core';
import { browser } from './browser';
import { tauri } from './tauri';
import type { Backend } from './types';

/** The program behind this window: the tray app, or a played scenario in a plain browser. */
export function backend(): Backend {
  return isTauri() ? tauri : browser(location.search);
}
