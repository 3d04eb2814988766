// A site that holds the page as it was built, under a path.
import { cpSync, rmSync } from 'node:fs';

rmSync('node_modules/.site', { recursive: true, force: true });
cpSync('../../../dist/playground', 'node_modules/.site/some/path', { recursive: true });
