import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';
import { Consortium } from '../consortia/consortium.entity.js';
import type { FileLinks } from '../files/links.js';
import { connection } from '../graph/connections.js';
import { Direct } from '../graph/direct.js';
import { AtMost, Inverse, NullWhenHidden, Paged } from '../graph/hints.js';
import { labelOf } from '../graph/labels.js';
import type { Context } from '../reading/context.js';
import type { PageDefinition } from '../reading/pages.js';
import { keyOf } from '../reading/writer.js';
import { deadlineOf, lapsedOn, timelinessOf } from './calendar.js';
import { ReportDocument } from './document.entity.js';
import { checkOf } from './document-check.js';
import { ReportEvent } from './event.entity.js';
import { ReportObligation } from './obligation.entity.js';
import { obligationPermissions, reportPermissions } from './permissions.js';
import { Report } from './report.entity.js';
import { ReportObligationsArgs, ReportsArgs } from './report.input.js';

export const ReportConnection = connection('Report', () => Report, '材料');
export const ReportObligationConnection = connection('ReportObligation', () => ReportObligation, '报送任务');

const REPORT_FILTERS = {
  consortiumId: { column: 'consortiumId' },
  cityCode: { column: 'cityCode' },
  year: { column: 'year' },
  kind: { column: 'kind' },
} as const;

const reports: PageDefinition = {
  entity: Report,
  sorts: { SUBMITTED_AT: ['queuedAt'], UPDATED_AT: ['updatedAt'], DUE_ON: ['dueOn'] },
  defaultSort: { field: 'SUBMITTED_AT', direction: 'DESC' },
  filters: { ...REPORT_FILTERS, state: { column: 'state' } },
};

export const reportPages: Record<string, PageDefinition> = {
  reports,
  reportObligations: {
    entity: ReportObligation,
    sorts: { DUE_ON: ['dueOn'], CONSORTIUM: ['listNumber'] },
    defaultSort: { field: 'DUE_ON', direction: 'ASC' },
    filters: { ...REPORT_FILTERS, dueOn: { column: 'dueOn' }, hasReport: { exists: 'report' } },
  },
  'Consortium.reports': {
    ...reports,
    within: (_w, parent, row) => `${row}.consortium_id = ${parent}.id`,
    visibleIf: (w, parent) => w.mayReadBelow(w.table(Consortium), parent, w.table(Report), 'consortium'),
  },
};

type Dotted = { 'consortium.status': Consortium['status']; 'report.state': Report['state'] | null };

@Resolver(() => ReportObligation)
export class ReportObligationResolver {
  @Query(() => ReportObligationConnection, {
    description: '报送任务：谁在何时之前应报什么。 Obligations: who owes what by when.',
  })
  @Direct()
  reportObligations(@Args() args: ReportObligationsArgs, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.reader.page(info, c.session, 'reportObligations', args);
  }

  @FieldResolver()
  deadline(@Root() row: ReportObligation, @Ctx() c: Context) {
    return deadlineOf(row, c.now);
  }
  @FieldResolver()
  timeliness(@Root() row: ReportObligation, @Ctx() c: Context) {
    return timelinessOf(row, c.now);
  }
  @FieldResolver()
  lapsedOn(@Root() row: ReportObligation, @Ctx() c: Context) {
    return lapsedOn(row, c.now);
  }
  @FieldResolver()
  viewerCan(@Root() row: ReportObligation & Dotted, @Ctx() c: Context) {
    return obligationPermissions(c.actor, row, {
      state: row['report.state'] ?? null,
      consortiumStatus: row['consortium.status'],
    });
  }
}

@Resolver(() => Report)
export class ReportResolver {
  @Query(() => Report, {
    nullable: true,
    description: '按编号取材料；不可见则为空。 A report by id; null where the viewer may not see it.',
  })
  @Direct()
  report(
    @Ctx() c: Context,
    @Info() info: GraphQLResolveInfo,
    @Arg('id', () => ID, { description: '编号。 Id.' }) id: string,
  ) {
    return c.reader.one<Report>(info, c.session, Report, { id });
  }
  @Query(() => ReportConnection, {
    description:
      '您可见的材料，默认最近提交者在前。 Reports that the viewer may see, latest submission first by default.',
  })
  @Direct()
  reports(@Args() args: ReportsArgs, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.reader.page(info, c.session, 'reports', args);
  }

  @FieldResolver()
  viewerCan(@Root() row: Report, @Ctx() c: Context) {
    return reportPermissions(c.actor, row);
  }
}

@Resolver(() => ReportEvent)
export class ReportEventResolver {
  /** The database gives an analyst no name at all. */
  @FieldResolver()
  actorName(@Root() row: ReportEvent, @Ctx() c: Context) {
    return row.actorName ?? labelOf('Role', row.actorRole, c.language);
  }
  @FieldResolver()
  comment(@Root() row: ReportEvent & { 'commentRow.comment'?: string }) {
    return row['commentRow.comment'] ?? null;
  }
}

@Resolver(() => ReportDocument)
export class ReportDocumentResolver {
  @FieldResolver()
  downloadUrl(@Root() row: ReportDocument, @Ctx() c: Context & { links: FileLinks }) {
    return c.links.download(c.publicBase, 'documents', row.id, c.actor.tokenId!, c.now);
  }
  @FieldResolver()
  check(@Root() row: ReportDocument & { 'revision.pairSimilarity'?: number | null }, @Ctx() c: Context) {
    return checkOf(row, row['revision.pairSimilarity'] ?? null, c.language);
  }
}

/** What this feature adds to a consortium: features know each other only downwards. */
@Resolver(() => Consortium)
export class ConsortiumReportsResolver {
  @FieldResolver(() => [ReportObligation], {
    nullable: true,
    description:
      '报送任务，年度新者在前，再按截止日；无权查看者为空。 Obligations, newest year first, then by due date; null where the viewer may not read any.',
  })
  @Inverse({ entity: 'ReportObligation', by: 'consortium' }, '-year', 'dueOn')
  @NullWhenHidden()
  @AtMost(60, { given: { year: 3 } })
  obligations(
    @Root() row: any,
    @Arg('year', () => Int, { nullable: true, description: '只取此年度。 Of this year only.' }) year?: number,
  ): ReportObligation[] | null {
    return row[keyOf('obligations', { year })] ?? null;
  }

  @FieldResolver(() => ReportConnection, {
    nullable: true,
    description: '材料；无权查看者为空。 Its reports; null where the viewer may not read any.',
  })
  @Paged('Consortium.reports')
  reports(@Root() row: any, @Args() args: ReportsArgs, @Ctx() c: Context) {
    return c.reader.nested(row, 'Consortium.reports', args);
  }
}
