import { defineConfig, mergeConfig } from 'vite';
import { base } from '../vite.base.ts';

/** `npm run dev -w console` beside a collector, or beside the mock (`npm run mock`). */
export default defineConfig(
  mergeConfig(base, {
    server: {
      port: 5174,
      strictPort: true,
      proxy: { '/api': { target: process.env['REDBUTTON_COLLECTOR'] ?? 'http://127.0.0.1:8090' } },
    },
  }),
);
