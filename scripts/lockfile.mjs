// npm silently leaves out of the lock file platform packages that its registry lacks; `npm ci` then fails elsewhere. And a
// package that needs a newer Node than we promise is installed with no more than a warning.
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const missing = [];
for (const [path, entry] of Object.entries(packages))
  for (const name of Object.keys(entry.optionalDependencies ?? {}))
    if (!packages[`${path ? `${path}/` : ''}node_modules/${name}`] && !packages[`node_modules/${name}`])
      missing.push(`${path || 'package.json'} → ${name}`);
const ours = packages[''].engines.node.replace('>=', '');
/** Does a range such as `^18 || >=20.1` hold for the oldest Node that we promise? Only what is written by its lower bound is read. */
const holds = (range) =>
  range.split('||').some((part) => {
    const [, operator = '', version] = /^\s*(>=|>|\^|~)?\s*v?(\d[\d.]*|\*)/.exec(part) ?? [];
    if (!version || version === '*') return true;
    const [wanted, given] = [version, ours].map((v) => `${v}.0.0`.split('.').slice(0, 3).map(Number));
    if ((operator === '^' || operator === '') && wanted[0] !== given[0]) return false;
    const at = wanted.findIndex((n, i) => n !== given[i]);
    return at < 0 || wanted[at] < given[at];
  });
const tooNew = Object.entries(packages)
  .filter(([path, { engines, optional }]) => path && !optional && engines?.node && !holds(engines.node))
  .map(([path, { engines }]) => `${path} needs Node ${engines.node}`);
const hosts = Object.values(packages).filter((entry) => /^https?:/.test(entry.resolved ?? ''));
if (missing.length || hosts.length || tooNew.length) {
  console.error(
    `package-lock.json: ${missing.length} optional packages without an entry, ${hosts.length} entries with a host, ${tooNew.length} for a newer Node.\n${[...missing, ...tooNew].slice(0, 20).join('\n')}`,
  );
  process.exit(1);
}
console.log('lock file: complete for every platform, runs on the oldest Node promised, names no host');
