import { createMongoAbility } from '@casl/ability';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { guarded } from '../../migrations/steps/guards.js';
import type { Actor, Scope } from '../../src/access/actor.js';
import { Registered } from '../../src/database/registered.js';
import { labelledEnum } from '../../src/graph/labels.js';
import type { TestService } from '../support/service.js';

const BOARD_DOES = ['startErrand', 'noteErrand', 'finishErrand'];
/** The rules of the second workflow, beside those of the file. */
const policy = await import('../../src/access/policy.js');
const detectSubjectType = (row: unknown) => (typeof row === 'string' ? row : (row as { __type: string }).__type);
(import.meta as any).jest.unstable_mockModule('../../src/access/policy.js', () => ({
  ...policy,
  abilityFor(role: Actor['role'], my: Scope) {
    const own = role === 'BOARD' ? { consortiumId: my.consortiumId } : { cityId: my.cityId };
    const more =
      role === 'BOARD'
        ? [
            { action: ['read', ...BOARD_DOES], subject: ['Errand', 'ErrandEvent'], conditions: own },
            { action: 'startErrand', subject: 'ReportObligation', conditions: own },
          ]
        : role === 'CITY_BUREAU'
          ? [{ action: ['read', 'closeErrand'], subject: 'Errand', conditions: own }]
          : [];
    return createMongoAbility([...policy.abilityFor(role, my).rules, ...more] as never, { detectSubjectType } as never);
  },
}));

abstract class Scoped {
  @PrimaryColumn({ type: 'text' })
  id!: string;
  @Column({ type: 'text' })
  provinceId!: string;
  @Column({ type: 'text' })
  cityId!: string;
  @Column({ type: 'text' })
  consortiumId!: string;
}
@Entity()
@Registered({ prefix: 'err', zh: '事项', en: 'errand' })
class Errand extends Scoped {
  @Column({ type: 'text' })
  obligationId!: string;
  @Column({ type: 'text' })
  state!: 'OPEN' | 'DONE' | 'CLOSED';
  @Column({ type: 'int' })
  version!: number;
  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
  @Column({ type: 'text', nullable: true })
  text!: string | null;
  @Column({ type: 'text', nullable: true })
  finishedBy!: string | null;
}
@Entity()
@Registered({ prefix: 'eev', zh: '事项记录', en: 'event of an errand' })
class ErrandEvent extends Scoped {
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  serial!: string;
  @Column({ type: 'text' })
  errandId!: string;
  @Column({ type: 'text' })
  transition!: string;
  @Column({ name: 'from_state', type: 'text', nullable: true })
  from!: string | null;
  @Column({ name: 'to_state', type: 'text' })
  to!: string;
  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;
  @Column({ type: 'text' })
  actorRole!: string;
  @Column({ type: 'text' })
  actorName!: string;
  @Column({ type: 'int', nullable: true })
  revisionNumber!: number | null;
  @Column({ type: 'text', nullable: true })
  reason!: string | null;
}

labelledEnum(
  'ErrandState',
  { zh: '事项状态。', en: 'State of an errand.' },
  { OPEN: { zh: '进行中', en: 'Open' }, DONE: { zh: '已完成', en: 'Done' }, CLOSED: { zh: '已办结', en: 'Closed' } },
);

const { ReportObligation } = await import('../../src/reports/obligation.entity.js');
const { begin, edit, machine, take, takeIn } = await import('../../src/workflow/engine.js');
const { permissions } = await import('../../src/workflow/permission.js');
const { rowsOf, workflow } = await import('../../src/workflow/workflow.js');
const { DATABASE_ROLE } = await import('../../src/access/actor.js');

type Facts = { state: Errand['state'] | null; text?: string | null; finishedBy?: string | null };

/** All that a second workflow takes: this declaration … */
const WAY = workflow<Facts>()({
  name: 'Errand',
  states: 'ErrandState',
  turns: { OPEN: 'BOARD', DONE: 'CITY_BUREAU', CLOSED: null },
  guards: {
    TEXT: {
      code: 'DOCUMENT_MISSING',
      path: 'errandId',
      finds: ({ text }) => (text ? [] : [{ kind: 'WORD' }]),
    },
    SAME_PERSON: {
      code: 'SAME_PERSON',
      path: 'errandId',
      finds: ({ finishedBy }, { accountId }) => (finishedBy === accountId ? [{}] : []),
    },
  },
  steps: [
    { name: 'startErrand', from: null, to: 'OPEN', by: 'BOARD' },
    { name: 'finishErrand', from: 'OPEN', to: 'DONE', by: 'BOARD', guards: ['TEXT'] },
    { name: 'closeErrand', from: 'DONE', to: 'CLOSED', by: 'CITY_BUREAU', guards: ['SAME_PERSON'] },
  ],
  edits: [{ name: 'noteErrand', in: ['OPEN'], by: ['BOARD'] }],
});

// a folder of its own would say so in its feature.ts
const { features } = await import('../../src/features.js');
features.push({ entities: [Errand, ErrandEvent], workflows: [WAY] });
const { testService } = await import('../support/service.js');

/** … and one table, with its events. */
const TABLES = `
  CREATE TABLE errand (id text PRIMARY KEY, province_id text, city_id text, consortium_id text, obligation_id text, state text, version int, updated_at timestamptz(3), text text, finished_by text);
  CREATE TABLE errand_event (id text PRIMARY KEY, province_id text, city_id text, consortium_id text, serial bigint GENERATED ALWAYS AS IDENTITY, errand_id text,
    transition text, from_state text, to_state text, at timestamptz(3), actor_role text, actor_name text, revision_number int, reason text);
  ALTER TABLE errand ENABLE ROW LEVEL SECURITY; ALTER TABLE errand_event ENABLE ROW LEVEL SECURITY;
  GRANT SELECT, INSERT, UPDATE ON errand TO iec_board, iec_bureau; GRANT SELECT, INSERT ON errand_event TO iec_board, iec_bureau;
  CREATE POLICY board_errand ON errand TO iec_board USING (consortium_id = (SELECT current_setting('app.consortium_id', true)));
  CREATE POLICY bureau_errand ON errand TO iec_bureau USING (city_id = (SELECT current_setting('app.city_id', true)));
  CREATE POLICY errand_event ON errand_event TO iec_board, iec_bureau USING (EXISTS (SELECT FROM errand e WHERE e.id = errand_id));
  ${guarded({ workflow: 'Errand', table: 'errand', events: 'errand_event', link: 'errand_id', edited: ['text'], stepped: ['finished_by'] })}
  ${rowsOf(WAY)
    .map(
      ({ name, from, to, by, noted }) =>
        `INSERT INTO workflow_transition (workflow, name, from_state, to_state, db_role, noted) VALUES ('Errand', '${name}', ${from ? `'${from}'` : 'NULL'}, '${to}', '${DATABASE_ROLE[by]}', ${noted});`,
    )
    .join('\n')}
`;

const ERRANDS = machine<Errand, Facts, never>()({
  way: WAY,
  entity: Errand,
  key: 'errandId',
  history: { event: ErrandEvent, comment: ErrandEvent, subject: 'errandId' },
  facts: async (_rows, errand) => ({ ...errand }),
  effects: {
    finishErrand: {
      check: ({ answer }: { answer?: string }) =>
        answer === '' ? [{ code: 'REQUIRED' as const, path: ['answer'], params: [] }] : [],
      take: async ({ tx, advance }) => {
        await advance({ finishedBy: tx.actor.accountId });
        return {};
      },
    },
    closeErrand: { check: () => [], take: async () => ({}) },
  },
});

const CODE = '430000-2024-06';
let s: TestService;
let board: any;
let bureau: any;
const asker = (actor: Actor) => ({ actor, door: s.service.door, requestId: 'test' }) as never;
const on = (errandId: string, expectedVersion: number, more: object = {}) => ({ errandId, expectedVersion, ...more });
const obligations = async (): Promise<string[]> =>
  (
    await s.owner.query(
      'SELECT o.id FROM report_obligation o JOIN consortium c ON c.id = o.consortium_id WHERE c.code = $1 ORDER BY due_on',
      [CODE],
    )
  ).map(({ id }: { id: string }) => id);
let n = 0;
async function started(): Promise<string> {
  const ids = await obligations();
  const outcome = await begin(
    ERRANDS,
    asker(board),
    'startErrand',
    { obligationId: ids[n % ids.length] } as never,
    [],
    {
      parent: ReportObligation,
      key: 'obligationId',
      facts: async () => ({ facts: { state: null } }),
      make: async (tx, { provinceId, cityId, consortiumId, id }) => {
        const scope = { provinceId, cityId, consortiumId, obligationId: id };
        const errand = { id: `err_${++n}`, ...scope, state: 'OPEN', version: 1, updatedAt: tx.now } as Errand;
        await tx.insert(Errand, errand);
        return errand;
      },
    },
  );
  expect(outcome.userErrors).toEqual([]);
  return outcome.id!;
}
const noted = (id: string, version: number, text: string) =>
  edit(ERRANDS, asker(board), 'noteErrand', on(id, version), [], async (_, row, advance) => {
    await advance({ text });
    return { id: row.id, userErrors: [] };
  });
const kept = async (id: string) => {
  const [errand] = await s.owner.query('SELECT state, version, text FROM errand WHERE id = $1', [id]);
  const events = await s.owner.query(
    'SELECT transition, from_state, to_state FROM errand_event WHERE errand_id = $1 ORDER BY serial',
    [id],
  );
  const count = async (table: string) =>
    Number(
      (
        await s.owner.query(`SELECT count(*) AS n FROM ${table} WHERE subject_id = $1 AND event_id IS NOT NULL`, [id])
      )[0].n,
    );
  return {
    ...errand,
    events: events.map((e: any) => e.transition),
    audited: await count('audit_entry'),
    told: await count('outbox_event'),
  };
};

beforeAll(async () => {
  s = await testService({ tables: TABLES });
  board = s.actor('BOARD', CODE);
  bureau = s.actor('CITY_BUREAU', '430400');
});
afterAll(() => s?.close());

it('goes its way with event, audit row and outbox row, each guarded by one entry for flag and step', async () => {
  const id = await started();
  const flags = (actor: Actor, facts: Facts) =>
    permissions(WAY, actor, { cityId: board.cityId, consortiumId: board.consortiumId }, facts, {
      finish: 'finishErrand',
      close: 'closeErrand',
      note: 'noteErrand',
    });
  expect(flags(board, { state: 'OPEN' })).toEqual({
    finish: { allowed: false, reason: 'DOCUMENT_MISSING', allowedRoles: ['BOARD'] },
    close: { allowed: false, reason: 'NOT_YOUR_ROLE', allowedRoles: [] },
    note: { allowed: true, reason: null, allowedRoles: ['BOARD'] },
  });
  // all that is wrong at once: the input, and the guard
  expect((await take(ERRANDS, asker(board), 'finishErrand', on(id, 1, { answer: '' }))).userErrors).toMatchObject([
    { code: 'REQUIRED', path: ['answer'] },
    { code: 'DOCUMENT_MISSING', path: ['errandId'], params: [{ name: 'kind', value: 'WORD' }] },
  ]);
  expect((await noted(id, 1, '要点')).userErrors).toEqual([]);
  expect((await take(ERRANDS, asker(board), 'finishErrand', on(id, 1))).userErrors).toMatchObject([
    { code: 'CONFLICT', params: [{ name: 'currentVersion', value: '2' }] },
  ]);
  expect(await take(ERRANDS, asker(board), 'finishErrand', on(id, 2, { validateOnly: true }))).toMatchObject({
    userErrors: [],
  });
  expect(await kept(id)).toMatchObject({ state: 'OPEN', version: 2 });
  expect((await take(ERRANDS, asker(board), 'finishErrand', on(id, 2))).userErrors).toEqual([]);
  expect((await noted(id, 3, '再改')).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION', path: ['errandId'] }]);
  await expect(take(ERRANDS, asker(board), 'closeErrand', on(id, 3))).rejects.toMatchObject({
    extensions: { code: 'FORBIDDEN' },
  });
  const samePerson = { ...bureau, accountId: board.accountId };
  expect((await take(ERRANDS, asker(samePerson), 'closeErrand', on(id, 3))).userErrors).toMatchObject([
    { code: 'SAME_PERSON' },
  ]);
  expect((await take(ERRANDS, asker(bureau), 'closeErrand', on(id, 3))).userErrors).toEqual([]);
  expect(await kept(id)).toEqual({
    state: 'CLOSED',
    version: 4,
    text: '要点',
    events: ['startErrand', 'finishErrand', 'closeErrand'],
    audited: 3,
    told: 3,
  });
});

it('takes several steps of several objects in one transaction, all or none', async () => {
  const ids = [await started(), await started()];
  for (const id of ids) await noted(id, 1, '要点');
  const both = (last: number) =>
    s.service.door.writing(
      board,
      async (tx) => {
        const outcomes = [];
        for (const [i, id] of ids.entries())
          outcomes.push(await takeIn(tx, ERRANDS, asker(board), 'finishErrand', on(id, i ? last : 2)));
        return outcomes;
      },
      (outcomes) => outcomes.every(({ userErrors }) => userErrors.length === 0),
    );
  expect((await both(9)).map(({ userErrors }) => userErrors.length)).toEqual([0, 1]);
  for (const id of ids) expect(await kept(id)).toMatchObject({ state: 'OPEN', events: ['startErrand'] });
  await both(2);
  for (const id of ids) expect(await kept(id)).toMatchObject({ state: 'DONE', audited: 2, told: 2 });
});

it('is refused by the database where a step lacks its event, its audit row or its outbox row', async () => {
  const id = await started();
  await noted(id, 1, '要点');
  const attempt = (leaveOut: string) =>
    s.service.door.writing(board, async (tx) => {
      const insert = tx.insert.bind(tx);
      tx.insert = async (entity: any, row: any) => (entity.name === leaveOut ? undefined : insert(entity, row));
      return takeIn(tx, ERRANDS, asker(board), 'finishErrand', on(id, 2));
    });
  for (const leaveOut of ['ErrandEvent', 'AuditEntry', 'OutboxEvent'])
    await expect(attempt(leaveOut)).rejects.toThrow();
  expect(await kept(id)).toMatchObject({ state: 'OPEN', version: 2, events: ['startErrand'] });
  await attempt('');
  expect(await kept(id)).toMatchObject({ state: 'DONE' });
});

it('does not serve where the database has another workflow, nor a step without a rule, nor a table without words', async () => {
  const { assertComplete } = await import('../../src/complete.js');
  const complete = () => assertComplete(s.service.source);
  await complete();
  await s.owner.query("UPDATE workflow_transition SET name = 'other' WHERE name = 'noteErrand'");
  await expect(complete()).rejects.toThrow('the database has other rows');
  await s.owner.query("UPDATE workflow_transition SET name = 'noteErrand' WHERE name = 'other'");
  const last = features.at(-1)!;
  features[features.length - 1] = { ...last, workflows: [{ ...WAY, edits: [{ ...WAY.edits[0], by: ['PROVINCE'] }] }] };
  await expect(complete()).rejects.toThrow('access/policy.ts gives PROVINCE no noteErrand');
  features[features.length - 1] = last;
  const { entities } = await import('../../src/entities.js');
  class Unsaid {}
  entities.push(Unsaid);
  await expect(complete()).rejects.toThrow('Unsaid: @Registered');
  entities.pop();
});

it('does not start where it contradicts itself', () => {
  const declare = (more: object) => () => workflow<Facts>()({ ...WAY, ...more } as never);
  const steps = WAY.steps as readonly any[];
  expect(declare({ steps: steps.slice(0, 2), guards: { TEXT: WAY.guards.TEXT } })).toThrow("CLOSED can't be reached");
  expect(declare({ steps: [...steps, { ...steps[1], to: 'CLOSED' }] })).toThrow('finishErrand from OPEN is ambiguous');
  expect(declare({ turns: { OPEN: 'BOARD' } })).toThrow('ErrandState has');
  expect(declare({ steps: [...steps, { name: 'x', from: 'OPEN', to: 'GONE', by: 'BOARD' }] })).toThrow(
    'GONE is none of its states',
  );
  expect(declare({ guards: { ...WAY.guards, OTHER: WAY.guards.TEXT } })).toThrow('nothing asks the guard OTHER');
});
