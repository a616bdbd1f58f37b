import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['{shared,console,tray}/src/**/*.test.ts'],
    environment: 'node',
    // Ends a test that hangs; measures nothing.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
