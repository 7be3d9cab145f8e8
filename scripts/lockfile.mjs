// npm silently leaves out of the lock file platform packages that its registry lacks; `npm ci` then fails elsewhere.
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const missing = [];
for (const [path, entry] of Object.entries(packages))
  for (const name of Object.keys(entry.optionalDependencies ?? {}))
    if (!packages[`${path ? `${path}/` : ''}node_modules/${name}`] && !packages[`node_modules/${name}`])
      missing.push(`${path || 'package.json'} → ${name}`);
const hosts = Object.values(packages).filter((entry) => /^https?:/.test(entry.resolved ?? ''));
if (missing.length || hosts.length) {
  console.error(
    `package-lock.json: ${missing.length} optional packages without an entry, ${hosts.length} entries with a host.\n${missing.slice(0, 20).join('\n')}`,
  );
  process.exit(1);
}
console.log('lock file: complete for every platform, names no host');
