import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** Debian's browser, another by CHROMIUM, or else the one that Playwright installs. */
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const port = 4183;

export default defineConfig({
  testDir: 'tests',
  forbidOnly: !!process.env.CI,
  workers: 2,
  reporter: 'list',
  use: {
    // A page that lies somewhere in a site.
    baseURL: `http://localhost:${port}/some/path/`,
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      executablePath: existsSync(chromium) ? chromium : undefined,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
  webServer: {
    command: `node tests/site.js && vite preview --outDir node_modules/.site --strictPort --port ${port}`,
    url: `http://localhost:${port}/some/path/`,
  },
});
