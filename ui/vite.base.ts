import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { UserConfig } from 'vite';

/**
 * What both pages share: nothing inlined, because their Content-Security-Policy
 * allows neither inline scripts nor data: addresses.
 */
export const base: UserConfig = {
  plugins: [svelte()],
  build: {
    target: ['es2022', 'chrome123', 'safari17.5', 'firefox120'],
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
};
