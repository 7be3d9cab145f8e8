import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ConfigError } from '../src/config.js';
import { both, type Text } from '../src/graph/language.js';

/** `unread`: nothing of the file could be read, so that others can't be compared with it. */
export type Mistake = Text & { file: string; line: number; unread?: true };

/** Everything that is wrong with the files, at once: a person corrects them in one go. Files that can't be read come first, alone. */
export class ListError extends ConfigError {
  constructor(readonly mistakes: Mistake[]) {
    super(
      [
        both({
          zh: `名单文件有 ${mistakes.length} 处错误，请更正后再试：`,
          en: `The list's files have ${mistakes.length} mistake(s); correct them and try again:`,
        }),
        ...mistakes.map(({ file, line, ...text }) => `  ${file}:${line} ${both(text)}`),
      ].join('\n'),
    );
  }
}

export type Row<C extends string> = Record<C, string> & { line: number };
export type Note = (line: number, zh: string, en: string) => void;
export type Table<C extends string> = { rows: Row<C>[]; note: Note };

/** A CSV file with a header row, its columns in any order. Mistakes are noted, never thrown. */
export function readTable<C extends string>(
  folder: string,
  file: string,
  columns: readonly C[],
  mistakes: Mistake[],
): Table<C> {
  const note: Note = (line, zh, en) => void mistakes.push({ file, line, zh, en });
  const unread: Note = (line, zh, en) => void mistakes.push({ file, line, zh, en, unread: true });
  const rows: Row<C>[] = [];
  const text = textOf(join(folder, file), unread);
  if (text === undefined) return { rows, note };

  let records: { record: string[]; info: { lines: number } }[];
  try {
    const options = { bom: true, info: true, trim: true, relax_column_count: true, skip_empty_lines: true };
    records = parse(text, options) as unknown as typeof records;
  } catch (error) {
    const { lines = 1 } = error as { lines?: number };
    unread(lines, '引号不成对，无法读取，请检查双引号。', 'A quotation mark has no partner: check the double quotes.');
    return { rows, note };
  }

  const header = records.shift()?.record ?? [];
  const missing = columns.filter((column) => !header.includes(column));
  const unknown = header.filter((name, i) => !columns.includes(name as C) || header.indexOf(name) !== i);
  if (missing.length || unknown.length) {
    const expected = columns.join(',');
    unread(1, `表头有误，应为 ${expected}。`, `The header row is wrong; it is to be ${expected}.`);
    return { rows, note };
  }
  for (const { record, info } of records) {
    if (record.every((cell) => cell === '')) continue;
    if (record.length === header.length)
      rows.push(
        Object.assign(Object.fromEntries(header.map((name, i) => [name, record[i]])), { line: info.lines }) as Row<C>,
      );
    else
      note(
        info.lines,
        `应有 ${header.length} 列，实有 ${record.length} 列；含逗号的单元格要加双引号。`,
        `There are ${record.length} cells instead of ${header.length}; a cell with a comma needs double quotes.`,
      );
  }
  return { rows, note };
}

/** Excel in Chinese saves GBK unless told otherwise: better refused than loaded as rubbish. */
function textOf(path: string, note: Note): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    note(1, '文件不存在或无法读取，请恢复该文件。', 'The file is missing or can’t be read; put it back.');
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    note(1, '不是 UTF-8 编码，请另存为“CSV UTF-8”。', 'The file is not UTF-8; save it as “CSV UTF-8”.');
    return undefined;
  }
}
