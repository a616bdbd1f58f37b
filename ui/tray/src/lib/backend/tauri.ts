import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Backend, WindowState } from './types';

/** The tray app itself: commands and events of its shell. */
export const tauri: Backend = {
  state: () => invoke<WindowState>('state'),
  onState(listener) {
    const stop = listen<WindowState>('state', (event) => listener(event.payload));
    return () => void stop.then((off) => off());
  },
  addText: (report, text) => invoke('add_text', { report, text }),
  undo: (report) => invoke('undo', { report }),
  answerNotice: (report, answer) => invoke('answer_notice', { report, answer }),
  close: () => invoke('close_window'),
};
