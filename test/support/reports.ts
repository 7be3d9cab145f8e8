import { pdf, upload, word } from './files.js';
import type { TestService } from './service.js';

export const STATE = 'id version state draft { id } currentRevision { number }';

/** One mutation on a report; answers its payload, or throws on a request error. */
export async function change(
  s: TestService,
  token: string | null,
  name: string,
  input: object,
  fields = `report { ${STATE} } userErrors { code message path params { name value } }`,
) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
  const { data, errors } = await s.ask(token, `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`, {
    input,
  });
  if (errors) throw Object.assign(new Error(errors[0].message), { code: errors[0].extensions.code });
  return data[name];
}

export async function obligationOf(s: TestService, token: string, kind: string, year: number) {
  const { data } = await s.ask(
    token,
    'query ($kind: ReportKind!, $year: Int!) { reportObligations(filter: { kind: { eq: $kind }, year: { eq: $year } }) { nodes { id report { id } } } }',
    { kind, year },
  );
  return data.reportObligations.nodes[0] as { id: string; report: { id: string } | null };
}

/** A draft with both files and every seal, one step before submission. */
export async function readyDraft(
  s: TestService,
  code: string,
  kind: string,
  year: number,
): Promise<{ id: string; version: number }> {
  const board = s.token('BOARD', code);
  const obligation = await obligationOf(s, board, kind, year);
  let { report } = await change(s, board, 'createReportDraft', { obligationId: obligation.id });
  for (const [documentKind, bytes] of [
    ['WORD', await word(code + kind)],
    ['STAMPED_PDF', await pdf(code + kind)],
  ] as const) {
    const uploadId = await upload(s, board, documentKind === 'WORD' ? '计划.docx' : '计划.pdf', bytes);
    ({ report } = await change(s, board, 'attachReportDocument', {
      reportId: report.id,
      expectedVersion: report.version,
      kind: documentKind,
      uploadId,
    }));
  }
  const { data } = await s.ask(
    board,
    'query ($code: String) { consortium(code: $code) { leadSchools { id } leadEnterprises { id } } }',
    { code },
  );
  for (const { id } of [...data.consortium.leadSchools, ...data.consortium.leadEnterprises])
    ({ report } = await change(s, board, 'attestSeal', {
      reportId: report.id,
      expectedVersion: report.version,
      organizationId: id,
      page: 1,
    }));
  return report;
}

export async function submitted(s: TestService, code: string, kind: string, year: number) {
  const draft = await readyDraft(s, code, kind, year);
  const { report, userErrors } = await change(s, s.token('BOARD', code), 'submitReport', {
    reportId: draft.id,
    expectedVersion: draft.version,
  });
  if (userErrors.length) throw new Error(JSON.stringify(userErrors));
  return report as { id: string; version: number; state: string };
}
