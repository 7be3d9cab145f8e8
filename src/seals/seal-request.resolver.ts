import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, Field, FieldResolver, ID, Info, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { named } from '../access/session.js';
import { ReportKind } from '../graph/enums.js';
import { Organization } from '../organizations/organization.entity.js';
import type { Context } from '../reading/context.js';
import { ReportDocument } from '../reports/document.entity.js';
import { sealable } from './attest.js';
import { SealAttestation } from './seal.entity.js';

@ObjectType({ description: '用印请求：请某牵头单位确认其印章盖在此PDF上。 What a lead unit is asked to confirm.' })
export class SealRequest {
  @Field(() => ID, { description: '材料编号，用于 attestSeal。 The report, for attestSeal.' })
  reportId!: string;
  @Field(() => Int, { description: '用于 attestSeal 的版本号。 The version, for attestSeal.' })
  expectedVersion!: number;
  @Field({ description: '联合体名称。 Name of the consortium.' })
  consortiumName!: string;
  @Field(() => Int, { description: '年度。 Year.' })
  year!: number;
  @Field(() => ReportKind, { description: '材料类别。 Kind of report.' })
  kind!: ReportKind;
  @Field(() => Organization, { description: '本单位。 The unit that is asked.' })
  organization?: Organization;
  @Field(() => ReportDocument, { description: '待确认的PDF。 The PDF.' })
  document?: ReportDocument;
  @Field(() => SealAttestation, {
    nullable: true,
    description: '本单位的确认；尚未确认则为空。 Its confirmation, once made.',
  })
  seal?: SealAttestation | null;
}
type Row = SealRequest & { documentId: string; sealId: string | null };

/** The draft before what was submitted: there a seal can still be confirmed. */
const REQUEST = named(
  `SELECT p.id AS "reportId", p.version AS "expectedVersion", c.name AS "consortiumName", p.year, p.kind, d.id AS "documentId", s.id AS "sealId"
   FROM report p JOIN consortium c ON c.id = p.consortium_id JOIN report_revision r ON r.report_id = p.id
   JOIN report_document d ON d.revision_id = r.id AND d.kind = 'STAMPED_PDF' AND ${sealable('$2', '$4')}
   LEFT JOIN seal_attestation s ON s.revision_id = r.id AND s.organization_id = $3 AND s.sha256 = $2
   WHERE p.id = $1 ORDER BY r.number DESC NULLS FIRST LIMIT 1`,
);

@Resolver(() => SealRequest)
export class SealRequestResolver {
  @Query(() => SealRequest, {
    nullable: true,
    description:
      '用印单位令牌所请确认的内容；其他人，或PDF已换新时为空。 What a SEAL_UNIT token is asked to confirm; null for everybody else, and once the PDF was replaced.',
  })
  async sealRequest(@Ctx() c: Context): Promise<SealRequest | null> {
    const { role, reportId, sealedSha256, organizationId, tokenId } = c.actor;
    if (role !== 'SEAL_UNIT') return null;
    const [row] = await c.session.query<Row>(REQUEST, [reportId, sealedSha256, organizationId, tokenId]);
    return row ?? null;
  }

  @FieldResolver()
  organization(@Root() _: Row, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.reader.one<Organization>(info, c.session, Organization, { id: c.actor.organizationId });
  }
  @FieldResolver()
  document(@Root() row: Row, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return c.reader.one<ReportDocument>(info, c.session, ReportDocument, { id: row.documentId });
  }
  @FieldResolver()
  seal(@Root() row: Row, @Ctx() c: Context, @Info() info: GraphQLResolveInfo) {
    return row.sealId ? c.reader.one<SealAttestation>(info, c.session, SealAttestation, { id: row.sealId }) : null;
  }
}
