import { AuditEntry, OutboxEvent } from './audit/audit.entity.js';
import { Board, BoardMember, BoardMemberContact } from './boards/board.entity.js';
import { Consortium, ConsortiumPark, Designation, Membership } from './consortia/consortium.entity.js';
import { IdempotentAnswer } from './idempotency/answer.entity.js';
import { Organization, Park } from './organizations/organization.entity.js';
import { City, Department, Province } from './provinces/province.entity.js';
import { Receipt } from './receipts/receipt.entity.js';
import { ReportDocument } from './reports/document.entity.js';
import { ReportEvent, ReportEventComment } from './reports/event.entity.js';
import { ReportObligation } from './reports/obligation.entity.js';
import { Report } from './reports/report.entity.js';
import { ReportRevision } from './reports/revision.entity.js';
import { Upload } from './reports/upload.entity.js';
import { RequiredSeal, SealAttestation } from './seals/seal.entity.js';
import { SealRequirement } from './seals/seal-requirement.entity.js';
import { ReportTemplate } from './templates/template.entity.js';
import { AccessToken, Account, ExpertAssignment } from './tokens/token.entity.js';

/** Every table there is: each needs a rule in access/policy.ts and a policy in migrations/. */
export const entities = [
  Province,
  City,
  Department,
  Park,
  Organization,
  Designation,
  Consortium,
  ConsortiumPark,
  Membership,
  Board,
  BoardMember,
  BoardMemberContact,
  ReportObligation,
  Report,
  ReportRevision,
  ReportDocument,
  SealAttestation,
  RequiredSeal,
  SealRequirement,
  Receipt,
  ReportTemplate,
  Upload,
  ReportEvent,
  ReportEventComment,
  Account,
  AccessToken,
  ExpertAssignment,
  AuditEntry,
  OutboxEvent,
  IdempotentAnswer,
];
