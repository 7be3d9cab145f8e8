import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFolder } from '../../seeds/list.js';

/** A copy of the list's files, for a person's corrections. */
export class ListCopy {
  readonly path = mkdtempSync(join(tmpdir(), 'list-'));

  constructor() {
    this.restore();
  }
  restore(): void {
    cpSync(listFolder(), this.path, { recursive: true });
  }
  correct(file: string, ...corrections: [from: string, to: string][]): void {
    let text = readFileSync(join(this.path, file), 'utf8');
    for (const [from, to] of corrections) {
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      text = text.replaceAll(from, to);
    }
    this.write(file, text);
  }
  write(file: string, text: string | Buffer): void {
    writeFileSync(join(this.path, file), text);
  }
  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
