import { defineConfig, mergeConfig } from 'vite';
import { base } from '../vite.base.ts';

export default defineConfig(
  mergeConfig(base, {
    base: './',
    server: { port: 5175, strictPort: true },
  }),
);
