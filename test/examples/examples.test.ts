import { readdirSync, readFileSync } from 'node:fs';
import { demoBoards } from '../../seeds/demo/boards.js';
import { demoReports } from '../../seeds/demo/reports.js';
import { type TestService, testService } from '../support/service.js';

const folder = new URL('../../examples/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
const ROLES = [null, 'BOARD', 'CITY_BUREAU', 'CITY_DEPARTMENT', 'PROVINCE', 'EXPERT', 'ANALYST', 'ADMINISTRATOR'];

let s: TestService;
beforeAll(async () => {
  s = await testService();
  await demoBoards(s.owner);
  await demoReports(s.owner, s.service, s.accounts, s.clock.now);
});
afterAll(() => s?.close());

describe.each(files)('%s', (name) => {
  const query = readFileSync(new URL(name, folder), 'utf8');
  it.each(ROLES)('runs for %s without an error', async (role) => {
    const { data, errors } = await s.ask(role && s.token(role), query);
    expect(errors).toBeUndefined();
    expect(Object.values(data)).not.toContain(undefined);
  });
});

describe('what the examples show', () => {
  const run = async (name: string, token: string | null, variables = {}) =>
    (await s.ask(token, readFileSync(new URL(files.find((file) => file.includes(name))!, folder), 'utf8'), variables))
      .data;

  it('the list has its 21 consortia, in order', async () => {
    const { consortia } = await run('the-list', null);
    expect(consortia.totalCount).toBe(21);
    expect(consortia.nodes.map((n: { listNumber: number }) => n.listNumber)).toEqual(
      Array.from({ length: 21 }, (_, i) => i + 1),
    );
  });
  it('a search by pinyin initials finds the modern agriculture of 长沙 alone', async () => {
    const { consortia } = await run('search', null);
    expect(consortia.nodes.map((n: { code: string }) => n.code)).toEqual(['430000-2024-05']);
  });
  it('what stands at an id, in the order asked', async () => {
    const { nodes } = await run('by-id', null);
    expect(nodes.map((n: { name: string }) => n.name)).toEqual(['长沙市先进制造业产教联合体', '湖南工业职业技术学院']);
    expect(nodes.map((n: { __typename: string }) => n.__typename)).toEqual(['Consortium', 'Organization']);
  });
  it('every state is among the demonstration reports', async () => {
    const { data } = await s.ask(s.token('PROVINCE'), '{ reports(first: 100) { nodes { state } } }');
    expect(new Set(data.reports.nodes.map((n: { state: string }) => n.state))).toEqual(
      new Set(['DRAFT', 'SUBMITTED', 'RETURNED', 'CITY_APPROVED', 'ACCEPTED']),
    );
  });
  it('a bureau sees its queue with working links, and contacts; the public sees neither', async () => {
    const bureau = s.accounts.filter(({ entry }) => entry.role === 'CITY_BUREAU').map(({ entry }) => entry.token);
    const queues = await Promise.all(bureau.map((token) => run('bureau-queue', token)));
    const documents = queues.flatMap((q) => q.reports.nodes).flatMap((n: any) => n.currentRevision.documents);
    expect(documents.length).toBeGreaterThan(0);
    const response = await fetch(documents[0].downloadUrl);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toContain("filename*=UTF-8''");
    expect((await response.arrayBuffer()).byteLength).toBe(documents[0].byteSize);
    const own = await run('one-consortium', s.token('CITY_BUREAU', '430400'));
    expect(own.consortium.board.members[0].contact.phone).toMatch(/^000-/);
    const forPublic = await run('one-consortium', null);
    expect(forPublic.consortium).toMatchObject({ board: { members: null }, obligations: null, reports: null });
  });
});
