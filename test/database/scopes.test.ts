import { type OwnedDatabase, ownedDatabase } from '../support/owned-database.js';
import { created, Door, draft, fill, PLACES, type Place, type Scope, scopeOf } from './fixture.js';

/** Rows that somebody has the right to add somewhere: tried at home, next door, in the other city and in the other province. */
const home = PLACES[0];
const [, neighbour, otherCity, , otherProvince] = PLACES;
const scoped = (at: Place) => `'${at.province}', '${at.city}', '${at.consortium}'`;

describe('what may be added, and where', () => {
  let database: OwnedDatabase;
  let door: Door;
  beforeAll(async () => {
    database = await ownedDatabase();
    door = await Door.open(database.ownerUrl);
    await fill(door);
  });
  afterAll(async () => {
    await door?.end();
    await database?.drop();
  });

  /** Outcomes at home, next door, in the other city, in the other province: + is done. */
  const reach = async (role: string, text: (at: Place) => string, scope = scopeOf(role, home)) => {
    const outcomes: string[] = [];
    for (const at of [home, neighbour, otherCity, otherProvince]) {
      const code = await door.attempt(role, scope, text(at));
      outcomes.push(code === 'done' ? '+' : code === '42501' ? '-' : code);
    }
    return outcomes.join(' ');
  };
  const refusedTo = (role: string, text: string, scope: Scope = scopeOf(role, home)) => door.attempt(role, scope, text);

  it('by a board: in its own consortium', async () => {
    expect(await reach('board', (at) => created(at, 'unwritten'))).toBe('+ - - -');
    expect(
      await reach(
        'board',
        (at) => `INSERT INTO upload VALUES ('u', ${scoped(at)}, 'tok-board-p1c1k1', 'a', 1, 'x', 'x', now(), now())`,
      ),
    ).toBe('+ - - -');
    expect(
      await reach(
        'board',
        (at) =>
          `INSERT INTO board_member VALUES ('m', ${scoped(at)}, 'brd-${at.consortium}', 'x', 'CHAIR', 'SCHOOL', NULL, NULL, NULL, 1)`,
      ),
      // no mutation changes a board's members yet
    ).toBe('- - - -');
    expect(
      await refusedTo(
        'board',
        `INSERT INTO upload VALUES ('u', ${scoped(home)}, 'tok-else', 'a', 1, 'x', 'x', now(), now())`,
      ),
    ).toBe('42501');
    // its own scope on the row, another's parent
    const foreign = `rev-${neighbour.consortium}-drafted-1`;
    expect(
      await refusedTo(
        'board',
        `INSERT INTO report_document VALUES ('d', ${scoped(home)}, '${foreign}', 'WORD', 'a', 1, 'x', 'x', now())`,
      ),
    ).toMatch(/42501|23505/);
    expect(
      await refusedTo(
        'board',
        `INSERT INTO seal_attestation VALUES ('s', ${scoped(home)}, '${foreign}', 'org-p2', 'x', now(), 'x', NULL)`,
      ),
    ).toBe('42501');
    expect(
      await refusedTo(
        'board',
        created(home, 'unwritten').replace(`obl-${home.consortium}`, `obl-${neighbour.consortium}`),
      ),
    ).toBe('42501');
    expect(
      await refusedTo(
        'loader',
        `UPDATE board_member SET board_id = 'brd-${neighbour.consortium}' WHERE consortium_id = '${home.consortium}'`,
        {},
      ),
    ).toBe('42501');
    expect(
      await refusedTo(
        'board',
        draft(home, 'submitted', 2).replaceAll(`rep-${home.consortium}`, `rep-${neighbour.consortium}`),
      ),
    ).toBe('42501');
  });

  it('changes nothing where nothing is seen', async () => {
    const changed = async (role: string, text: string) =>
      (await door.as(role, scopeOf(role, home), (client) => client.query(text))).rowCount;
    for (const at of [neighbour, otherCity, otherProvince]) {
      expect(
        await changed('board', `UPDATE report SET state = 'SUBMITTED' WHERE consortium_id = '${at.consortium}'`),
      ).toBe(0);
      expect(await changed('board', `DELETE FROM report_document WHERE consortium_id = '${at.consortium}'`)).toBe(0);
    }
    for (const at of [otherCity, otherProvince])
      expect(await changed('bureau', `UPDATE report SET state = 'CITY_APPROVED' WHERE city_id = '${at.city}'`)).toBe(0);
    expect(
      await changed('province', `UPDATE report SET state = 'ACCEPTED' WHERE province_id = '${otherProvince.province}'`),
    ).toBe(0);
    expect(
      await changed(
        'bureau',
        "UPDATE access_token SET revoked_at = now() WHERE role IN ('PROVINCE', 'ANALYST', 'ADMINISTRATOR')",
      ),
    ).toBe(0);
    expect(await changed('bureau', `UPDATE access_token SET revoked_at = now() WHERE city_id <> '${home.city}'`)).toBe(
      0,
    );
  });

  it('in the history: under its own role, in its own scope', async () => {
    const outbox = (at: Place) =>
      `INSERT INTO outbox_event (at, type, subject_id, province_id, city_id, consortium_id, payload) VALUES (now(), 't', 'x', ${scoped(at)}, '{}')`;
    expect(await reach('board', outbox)).toBe('+ - - -');
    expect(await reach('bureau', outbox)).toBe('+ + - -');
    expect(await reach('province', outbox)).toBe('+ + + -');
    const roles = {
      board: 'BOARD',
      bureau: 'CITY_BUREAU',
      department: 'CITY_DEPARTMENT',
      province: 'PROVINCE',
      expert: 'EXPERT',
      analyst: 'ANALYST',
      administrator: 'ADMINISTRATOR',
    };
    for (const [role, name] of Object.entries(roles)) {
      const { account_id, token_id } = scopeOf(role, home);
      const audit = (actor: string, account: unknown, token: unknown) =>
        refusedTo(
          role,
          `INSERT INTO audit_entry (at, actor_role, account_id, token_id, action, subject_id) VALUES (now(), '${actor}', '${account}', '${token}', 'a', 'x')`,
        );
      expect(await audit(name, account_id, token_id)).toBe('done');
      expect(await audit('JOB', account_id, token_id)).toBe('42501');
      expect(await audit(name, 'else', token_id)).toBe('42501');
      expect(await audit(name, account_id, 'else')).toBe('42501');
      expect(
        await refusedTo(
          role,
          `INSERT INTO idempotent_answer (token_id, key, body_hash, created_at) VALUES ('else', 'k', 'h', now())`,
        ),
      ).toBe('42501');
    }
    for (const role of ['loader', 'job']) {
      const audit = (actor: string, account: string) =>
        refusedTo(
          role,
          `INSERT INTO audit_entry (at, actor_role, account_id, action, subject_id) VALUES (now(), '${actor}', ${account}, 'a', 'x')`,
        );
      expect(await audit(role.toUpperCase(), 'NULL')).toBe('done');
      expect(await audit('ADMINISTRATOR', 'NULL')).toBe('42501');
      expect(await audit(role.toUpperCase(), "'acc'")).toBe('42501');
    }
  });

  describe('tokens', () => {
    const SHAPES: Record<string, (at: Place) => string> = {
      BOARD: (at) => `'${at.province}', '${at.city}', NULL, '${at.consortium}'`,
      CITY_BUREAU: (at) => `'${at.province}', '${at.city}', NULL, NULL`,
      CITY_DEPARTMENT: (at) => `'${at.province}', '${at.city}', 'FINANCE', NULL`,
      PROVINCE: (at) => `'${at.province}', NULL, NULL, NULL`,
      EXPERT: (at) => `'${at.province}', NULL, NULL, NULL`,
      ANALYST: (at) => `'${at.province}', NULL, NULL, NULL`,
      ADMINISTRATOR: () => 'NULL, NULL, NULL, NULL',
    };
    const token = (
      issuer: string,
      role: string,
      shape: string,
      expires = '2026-02-10T00:00:00Z',
      created = '2026-01-10T00:00:00Z',
    ) =>
      `INSERT INTO access_token (id, account_id, label, role, province_id, city_id, department, consortium_id, issued_by_id, issued_by, created_at, expires_at)
        VALUES ('tok', 'acc-board-p1c1k1', '', '${role}', ${shape}, '${scopeOf(issuer, home).token_id}', 'x', '${created}', '${expires}')`;

    it.each([
      ['board', {}],
      ['department', {}],
      ['expert', {}],
      ['analyst', {}],
      ['bureau', { BOARD: '+ + - -', CITY_DEPARTMENT: '+ + - -' }],
      ['province', { CITY_BUREAU: '+ + + -', EXPERT: '+ + + -', ANALYST: '+ + + -' }],
      ['administrator', { PROVINCE: '+ + + +', ADMINISTRATOR: '+ + + +' }],
    ])('are issued by %s for those below, and for no wider scope', async (issuer, rights: Record<string, string>) => {
      for (const [role, shape] of Object.entries(SHAPES))
        expect({ role, reach: await reach(issuer, (at) => token(issuer, role, shape(at))) }).toEqual({
          role,
          reach: rights[role] ?? '- - - -',
        });
    });

    it('have the shape of their role, and no longer life than their issuer’s or a year', async () => {
      for (const shape of [
        `'p1', 'p1c1', NULL, 'p1c2k1'`,
        `'p1', 'p1c1', NULL, NULL`,
        `'p1', 'p1c1', 'FINANCE', 'p1c1k1'`,
      ])
        expect(await refusedTo('bureau', token('bureau', 'BOARD', shape))).toBe('42501');
      expect(await refusedTo('bureau', token('bureau', 'CITY_DEPARTMENT', `'p1', 'p1c1', NULL, NULL`))).toBe('42501');
      expect(await refusedTo('province', token('province', 'CITY_BUREAU', `'p1', 'p2c1', NULL, NULL`))).toBe('42501');
      expect(await refusedTo('province', token('province', 'CITY_BUREAU', `'p1', 'p1c1', 'FINANCE', NULL`))).toBe(
        '42501',
      );
      expect(await refusedTo('bureau', token('bureau', 'BOARD', SHAPES.BOARD(home), '2026-04-10T08:00:01Z'))).toBe(
        '42501',
      );
      expect(await refusedTo('bureau', token('province', 'BOARD', SHAPES.BOARD(home)))).toBe('42501');
      expect(
        await refusedTo(
          'loader',
          token('loader', 'BOARD', SHAPES.BOARD(home), '2027-01-11T00:00:01Z').replace("'undefined'", 'NULL'),
        ),
      ).toBe('42501');
    });

    it('are revoked by whoever may issue them, for good, and never by themselves', async () => {
      const revoke = (id: string) => `UPDATE access_token SET revoked_at = now() WHERE id = '${id}'`;
      expect(await refusedTo('bureau', revoke('tok-board-p1c1k2'))).toBe('done');
      expect(await refusedTo('bureau', revoke('tok-bureau-p1c1'))).toBe('42501');
      expect(await refusedTo('province', revoke('tok-province-p1'))).toBe('42501');
      expect(await refusedTo('board', revoke('tok-board-p1c1k1'))).toBe('42501');
      expect(
        await refusedTo(
          'bureau',
          `${revoke('tok-board-p1c1k2')}; UPDATE access_token SET revoked_at = NULL WHERE id = 'tok-board-p1c1k2'`,
        ),
      ).toBe('IEC02');
    });
  });

  it('by those who judge whom: experts for consortia of the own province', async () => {
    expect(
      await reach(
        'province',
        (at) => `INSERT INTO expert_assignment VALUES ('e', 'acc-expert-p1', '${at.consortium}', 'p1', 2030)`,
      ),
    ).toBe('+ + + -');
    expect(
      await refusedTo(
        'administrator',
        `INSERT INTO expert_assignment VALUES ('e', 'acc-expert-p1', 'p1c1k1', 'p1', 2030)`,
      ),
    ).toBe('42501');
  });

  it('keeps a person’s account in the province of whoever opens it', async () => {
    const account = (at: Place) => `INSERT INTO account VALUES ('a', '${at.province}', 'x', now())`;
    expect(await reach('bureau', account)).toBe('+ + + -');
    expect(await reach('province', account)).toBe('+ + + -');
    expect(await reach('administrator', account)).toBe('+ + + +');
    expect(await reach('board', account)).toBe('+ + + -');
  });
});
