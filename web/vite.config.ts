import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { inline } from './tools/inline';
import { sampled } from './tools/sampled';

export default defineConfig({
  plugins: [svelte(), inline(), sampled()],
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'], // light-dark(), DecompressionStream
    modulePreload: false,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    cssCodeSplit: false,
    rollupOptions: { input: 'page.html' },
  },
  server: { open: false },
  test: { testTimeout: 30_000, include: ['test/**/*.test.ts'], environment: 'node' },
});
