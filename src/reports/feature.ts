import type { Feature } from '../feature.js';
import { ReportDocument } from './document.entity.js';
import { ReportEvent, ReportEventComment } from './event.entity.js';
import { ReportObligation } from './obligation.entity.js';
import { Report } from './report.entity.js';
import { ReportMutations } from './report.mutations.js';
import {
  ConsortiumReportsResolver,
  ReportDocumentResolver,
  ReportEventResolver,
  ReportObligationResolver,
  ReportResolver,
  reportPages,
} from './report.resolver.js';
import { ReportRevision } from './revision.entity.js';
import { Upload } from './upload.entity.js';
import { REPORT_WAY } from './workflow.js';

export const reports: Feature = {
  entities: [ReportObligation, Report, ReportRevision, ReportDocument, Upload, ReportEvent, ReportEventComment],
  resolvers: [
    ReportObligationResolver,
    ReportResolver,
    ReportEventResolver,
    ReportDocumentResolver,
    ConsortiumReportsResolver,
    ReportMutations,
  ],
  pages: reportPages,
  workflows: [REPORT_WAY],
};
