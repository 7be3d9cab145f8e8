import type { Asker } from '../access/asker.js';
import { refuseRole, refuseRow } from '../access/refuse.js';
import type { Tokens } from '../access/tokens.js';
import { record } from '../audit/record.js';
import { newId } from '../database/ids.js';
import { type RawUserError, userError } from '../graph/user-errors.js';
import { Organization } from '../organizations/organization.entity.js';
import { Report } from '../reports/report.entity.js';
import { REPORT_WAY } from '../reports/workflow.js';
import { issued, lifeOf, type TokenOutcome } from '../tokens/issue.js';
import { AccessToken, Account } from '../tokens/token.entity.js';
import { objections } from '../workflow/workflow.js';
import { draftPdf, mayHaveToSeal } from './attest.js';
import { type IssueSealTokenInput, SEAL_TOKEN_DAYS } from './seal.input.js';

/**
 * A token with which one lead unit sees this one PDF and confirms its own seal on it. A new one for the same unit and report
 * takes the place of those before.
 */
export async function issueSealToken(asker: Asker, input: IssueSealTokenInput, tokens: Tokens): Promise<TokenOutcome> {
  const { actor, requestId } = asker;
  refuseRole(actor, 'issueSealToken', 'Report');
  return issued(asker, tokens, input.validateOnly, async (tx) => {
    const id = newId(AccessToken);
    const report = refuseRow(
      actor,
      'issueSealToken',
      'Report',
      await tx.lock(Report, input.reportId, 'issueSealToken'),
    );
    // the PDF was attached by then: the token is for what there was when it was issued
    tx.notBefore(report.updatedAt);
    const life = lifeOf(tx, input.expiresInDays ?? SEAL_TOKEN_DAYS);
    const closed = objections(REPORT_WAY, 'issueSealToken', actor, { state: report.state }, 'reportId');
    const errors: RawUserError[] = [...life.errors, ...closed.flatMap((one) => one.errors)];
    const pdf = await draftPdf(tx, report.id);
    if (!pdf && !closed.length) errors.push(userError('DOCUMENT_MISSING', ['reportId'], { kind: 'STAMPED_PDF' }));
    const { organizationId } = input;
    const [unit] = (await mayHaveToSeal(tx, report, organizationId))
      ? await tx.find(Organization, { id: organizationId })
      : [];
    if (!unit) errors.push(userError('NOT_FOUND', ['organizationId']));
    if (!unit || !pdf || errors.length) return errors;

    const { provinceId, cityId, consortiumId } = report;
    const account = { id: newId(Account), provinceId, displayName: unit.name, createdAt: tx.now };
    await tx.insert(Account, account);
    const token = {
      id,
      accountId: account.id,
      label: unit.name,
      role: 'SEAL_UNIT',
      provinceId,
      cityId,
      department: null,
      consortiumId,
      organizationId,
      reportId: report.id,
      sealedSha256: pdf.sha256,
      issuedById: actor.tokenId,
      issuedBy: actor.name,
      createdAt: tx.now,
      expiresAt: life.expiresAt,
      demo: false,
    } as AccessToken;
    await tx.query(
      "UPDATE access_token SET revoked_at = $3 WHERE report_id = $1 AND organization_id = $2 AND role = 'SEAL_UNIT' AND revoked_at IS NULL",
      [report.id, organizationId, tx.now],
    );
    await tx.insert(AccessToken, token);
    const detail = { role: 'SEAL_UNIT', organizationId, reportId: report.id, expiresAt: life.expiresAt };
    await record(tx, { action: 'issueSealToken', subjectId: id, provinceId, cityId, consortiumId, detail }, requestId);
    return token;
  });
}
