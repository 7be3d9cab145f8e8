import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { median } from './cpu.js';

/** One round of one case on one server; times per request in microseconds. */
export type Sample = {
  case: string;
  server: string;
  perSecond: number;
  p50: number;
  p99: number;
  serverCpu: number;
  databaseCpu?: number;
};
type Row = Sample & { rounds: number; ratio?: number };

export const GOAL = 1.5;

/** Medians over the rounds; the ratio is processor time of server and database against the bare server's. */
export function summarize(samples: Sample[]): Row[] {
  const groups = new Map<string, Sample[]>();
  for (const s of samples) groups.set(`${s.case}|${s.server}`, [...(groups.get(`${s.case}|${s.server}`) ?? []), s]);
  const rows = [...groups.values()].map((group): Row => {
    const of = (key: 'perSecond' | 'p50' | 'p99' | 'serverCpu') => median(group.map((s) => s[key]));
    const known = group.map((s) => s.databaseCpu).filter((v) => v !== undefined);
    return {
      case: group[0].case,
      server: group[0].server,
      rounds: group.length,
      perSecond: of('perSecond'),
      p50: of('p50'),
      p99: of('p99'),
      serverCpu: of('serverCpu'),
      databaseCpu: known.length === group.length ? median(known) : undefined,
    };
  });
  const total = (row: Row) => (row.databaseCpu === undefined ? undefined : row.serverCpu + row.databaseCpu);
  for (const row of rows) {
    const bare = rows.find((other) => other.case === row.case && other.server === 'bare');
    const [mine, its] = [total(row), bare && total(bare)];
    if (row !== bare && mine && its) row.ratio = mine / its;
  }
  return rows;
}

const us = (value: number | undefined) => (value === undefined ? 'n/a' : String(Math.round(value)));

export function table(rows: Row[]): string {
  const lines = rows.map(
    (r) =>
      `| ${r.case} | ${r.server} | ${Math.round(r.perSecond)} | ${r.p50} | ${r.p99} | ${us(r.serverCpu)} | ${us(r.databaseCpu)} | ${r.ratio ? `${r.ratio.toFixed(2)}${r.ratio > GOAL ? ' (over)' : ''}` : ''} |`,
  );
  return [
    '| case | server | requests/s | p50 ms | p99 ms | server CPU µs/request | database CPU µs/request | CPU, × bare |',
    '|---|---|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n');
}

export function writeReport(
  path: string,
  about: { size: number; seconds: number; postgres: string },
  rows: Row[],
): void {
  const { size, seconds, postgres } = about;
  const text = `# ${size} consortia

Node ${process.version}, PostgreSQL ${postgres}, ${cpus().length} × ${cpus()[0]?.model}; ${rows[0]?.rounds ?? 0} interleaved rounds of ${seconds} s, medians; load generator on the same machine.
Goal: server plus database CPU at most ${GOAL} × the bare server's on each read.

${table(rows)}
`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  writeFileSync(
    path.replace(/\.md$/, '.json'),
    `${JSON.stringify({ ...about, node: process.version, rows }, null, 2)}\n`,
  );
}
