import { pdf, upload, word } from '../support/files.js';
import { change, obligationOf } from '../support/reports.js';
import { type TestService, testService } from '../support/service.js';

const CODE = '430000-2024-06';
let s: TestService;
beforeAll(async () => {
  s = await testService({ now: new Date('2026-06-10T02:00:00Z') });
});
afterAll(() => s?.close());

/** Whoever sees the report while it goes its way; the expert only knows that it is there. */
const VIEWERS = () =>
  ({
    BOARD: s.token('BOARD', CODE),
    CITY_BUREAU: s.token('CITY_BUREAU', '430400'),
    CITY_DEPARTMENT: s.token('CITY_DEPARTMENT', 'FINANCE'),
    PROVINCE: s.token('PROVINCE'),
    ANALYST: s.token('ANALYST'),
  }) as const;

type Flag = { allowed: boolean; reason: string | null; allowedRoles: string[] };
type Seen = {
  id: string;
  version: number;
  viewerCan: Record<string, Flag>;
  obligation: { id: string; viewerCan: Record<string, Flag> };
};
const FLAG = '{ allowed reason allowedRoles }';
const QUERY = `query ($id: ID!) { report(id: $id) { id version
  viewerCan { edit ${FLAG} attestSeal ${FLAG} submit ${FLAG} withdraw ${FLAG} approve ${FLAG} return ${FLAG} accept ${FLAG} reopen ${FLAG} }
  obligation { id viewerCan { createReportDraft ${FLAG} extendObligation ${FLAG} } } } }`;

/** The mutation behind each flag, with an input that nothing is wrong with. */
const MUTATIONS: Record<string, (seen: Seen, unit: string) => [string, object]> = {
  edit: (r) => ['updateReportDraft', { ...on(r), summary: '要点' }],
  attestSeal: (r, organizationId) => ['attestSeal', { ...on(r), organizationId, page: 1 }],
  submit: (r) => ['submitReport', on(r)],
  withdraw: (r) => ['withdrawReport', on(r)],
  approve: (r) => ['approveReport', on(r)],
  return: (r) => ['returnReport', { ...on(r), comment: '有误', reason: 'INCORRECT' }],
  accept: (r) => ['acceptReport', on(r)],
  reopen: (r) => ['reopenReport', { ...on(r), reason: '更正' }],
  createReportDraft: ({ obligation }) => ['createReportDraft', { obligationId: obligation.id }],
  extendObligation: ({ obligation }) => [
    'extendObligation',
    { obligationId: obligation.id, dueOn: '2026-07-01', reason: '汛情' },
  ],
};
const on = ({ id, version }: Seen) => ({ reportId: id, expectedVersion: version });

/** What the mutation would do now, in the flag's words. */
async function rehearsed(token: string, name: string, input: object): Promise<{ allowed: boolean; reasons: string[] }> {
  try {
    const { userErrors } = await change(s, token, name, { ...input, validateOnly: true }, 'userErrors { code }');
    const reasons = userErrors.map(({ code }: { code: string }) =>
      code === 'ILLEGAL_TRANSITION' ? 'WRONG_STATE' : code,
    );
    return { allowed: reasons.length === 0, reasons };
  } catch (error) {
    expect((error as { code: string }).code).toBe('FORBIDDEN');
    return { allowed: false, reasons: ['NOT_YOUR_ROLE'] };
  }
}

/** Every flag of every viewer against the mutation that it speaks of; answers what may be done, and by whom. */
async function compare(id: string, unit: string): Promise<string[]> {
  const possible: string[] = [];
  const told: Record<string, Set<string>> = {};
  for (const [role, token] of Object.entries(VIEWERS())) {
    const seen: Seen = (await s.ask(token, QUERY, { id })).data.report;
    const flags = { ...seen.viewerCan, ...seen.obligation.viewerCan };
    expect(Object.keys(flags).sort()).toEqual(Object.keys(MUTATIONS).sort());
    for (const [flag, { allowed, reason, allowedRoles }] of Object.entries(flags)) {
      const [name, input] = MUTATIONS[flag](seen, unit);
      const real = await rehearsed(token, name, input);
      expect({ role, flag, allowed }).toEqual({ role, flag, allowed: real.allowed });
      if (!allowed)
        expect({ role, flag, reasons: real.reasons }).toMatchObject({ reasons: expect.arrayContaining([reason]) });
      told[flag] ??= new Set();
      told[flag].add(allowedRoles.join(' '));
      if (allowed) {
        possible.push(`${role} ${flag}`);
        expect(allowedRoles).toContain(role);
      }
    }
  }
  // who could do it now is the same for everybody
  for (const [flag, answers] of Object.entries(told))
    expect({ flag, answers: [...answers] }).toEqual({ flag, answers: [expect.any(String)] });
  return possible.sort();
}

it('the flags say what the mutations do, for every viewer in every state', async () => {
  const { BOARD, CITY_BUREAU, PROVINCE } = VIEWERS();
  const { data } = await s.ask(
    null,
    'query ($code: String) { consortium(code: $code) { leadSchools { id } leadEnterprises { id } } }',
    { code: CODE },
  );
  const units = [...data.consortium.leadSchools, ...data.consortium.leadEnterprises].map(({ id }) => id);
  const obligation = await obligationOf(s, BOARD, 'HALF_YEAR_SUMMARY', 2026);
  let { report } = await change(s, BOARD, 'createReportDraft', { obligationId: obligation.id });
  const step = async (token: string, name: string, more: object = {}) => {
    const done = await change(s, token, name, { reportId: report.id, expectedVersion: report.version, ...more });
    expect(done.userErrors).toEqual([]);
    ({ report } = done);
  };
  const attach = async (kind: string, name: string, bytes: Buffer) =>
    step(BOARD, 'attachReportDocument', { kind, uploadId: await upload(s, BOARD, name, bytes) });
  const now = () => compare(report.id, units[0]);

  // a draft without a PDF has nothing that could be sealed
  expect(await now()).toEqual(['BOARD edit', 'PROVINCE extendObligation']);
  await attach('STAMPED_PDF', '总结.pdf', await pdf('flags'));
  expect(await now()).toEqual(['BOARD attestSeal', 'BOARD edit', 'PROVINCE extendObligation']);
  await attach('WORD', '总结.docx', await word('flags'));
  for (const organizationId of units) await step(BOARD, 'attestSeal', { organizationId, page: 1 });
  const ready = ['BOARD attestSeal', 'BOARD edit', 'BOARD submit'];
  expect(await now()).toEqual([...ready, 'PROVINCE extendObligation']);
  await step(BOARD, 'submitReport');
  const pending = ['BOARD withdraw', 'CITY_BUREAU approve', 'CITY_BUREAU return', 'PROVINCE extendObligation'];
  expect(await now()).toEqual(pending);
  await step(CITY_BUREAU, 'returnReport', { comment: '有误', reason: 'INCORRECT' });
  expect(await now()).toEqual([...ready, 'PROVINCE extendObligation']);
  await step(BOARD, 'submitReport');
  expect(await now()).toEqual(pending);
  await step(CITY_BUREAU, 'approveReport');
  // filed: on time or late for good
  expect(await now()).toEqual(['PROVINCE accept', 'PROVINCE return']);
  await step(PROVINCE, 'acceptReport');
  expect(await now()).toEqual(['PROVINCE reopen']);
  await step(PROVINCE, 'reopenReport', { reason: '更正' });
  expect(await now()).toEqual(ready);
}, 60_000);
