/**
 * A text of one line has no line breaks, no control characters, and nothing that is not seen or turns the direction of what is:
 * the same characters as in src/database/one-line.ts, which a test compares with these.
 */
export const UNSEEN =
  '[\\u0001-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f-\\u1160\\u17b4-\\u17b5\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]';

type Line = { table: string; column: string; where?: string };
export const LINES: Line[] = [
  { table: 'access_token', column: 'label' },
  { table: 'account', column: 'display_name' },
  { table: 'upload', column: 'file_name' },
  { table: 'report_document', column: 'file_name' },
  { table: 'report_template', column: 'file_name' },
  // what was submitted is signed as it was: its receipt says the title
  { table: 'report_revision', column: 'title', where: 'number IS NULL' },
];

export const nameOf = ({ table, column }: Line): string => `ck_${table}_${column}_one_line`;

/** Those from before become one line: what can't be seen goes, and a break becomes a blank. */
export const MADE_ONE_LINE = LINES.map((line) => {
  const { table, column, where } = line;
  const fits = where ? `NOT (${where}) OR ${column} !~ '${UNSEEN}'` : `${column} !~ '${UNSEEN}'`;
  return `
  ALTER TABLE ${table} DISABLE TRIGGER USER;
  UPDATE ${table} SET ${column} = btrim(regexp_replace(regexp_replace(${column}, '[\\u0009-\\u000d\\u0085\\u2028\\u2029]+', ' ', 'g'), '${UNSEEN}', '', 'g'))
    WHERE ${column} ~ '${UNSEEN}'${where ? ` AND ${where}` : ''};
  DO $do$
  DECLARE guard name;
  BEGIN
    FOR guard IN SELECT t.tgname FROM pg_catalog.pg_trigger t WHERE t.tgrelid = '${table}'::regclass AND NOT t.tgisinternal LOOP
      EXECUTE format('ALTER TABLE ${table} ENABLE ALWAYS TRIGGER %I', guard);
    END LOOP;
  END $do$;
  ALTER TABLE ${table} ADD CONSTRAINT ${nameOf(line)} CHECK (${fits});`;
}).join('');
