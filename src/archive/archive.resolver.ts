import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { FileLinks } from '../files/links.js';
import { ReportKind } from '../graph/enums.js';
import { Payload, Validated } from '../graph/payload.js';
import type { Context } from '../reading/context.js';
import { requestReportArchive } from './archives.js';

@InputType({ description: '打包下载一个年度已收的材料。 Ask for one year’s accepted reports as a ZIP.' })
export class RequestReportArchiveInput extends Validated {
  @Field(() => Int, { description: '年度，自2024起。 Year, from 2024 on.' })
  year!: number;
  @Field(() => ReportKind, { nullable: true, description: '只取此类材料。 Of this kind only.' })
  kind?: ReportKind | null;
}

@ObjectType({ description: '打包的结果。 Answer to requestReportArchive.' })
export class RequestReportArchivePayload extends Payload {
  @Field(() => String, {
    nullable: true,
    description:
      'ZIP 的下载链接（含目录表），打开时生成，五分钟内有效。 Signed URL of the ZIP with its index sheet; streams when opened, five minutes.',
  })
  url?: string | null;
}

@Resolver()
export class ReportArchiveResolver {
  @Mutation(() => RequestReportArchivePayload, {
    nullable: true,
    description:
      '省厅打包下载一个年度全部联合体已收的材料；谁可为见 docs/permissions.md。 One year’s accepted reports of all consortia as a ZIP with an index sheet (province).',
  })
  async requestReportArchive(
    @Arg('input', () => RequestReportArchiveInput, { description: '输入。 Input.' }) input: RequestReportArchiveInput,
    @Ctx() c: Context & { links: FileLinks },
  ): Promise<RequestReportArchivePayload> {
    const { id, userErrors } = await requestReportArchive(c, input);
    const claims = { year: String(input.year), ...(input.kind && { kind: input.kind }) };
    const url = id && c.links.download(c.publicBase, 'archives', id, c.actor.tokenId!, c.now, claims);
    return Payload.of(RequestReportArchivePayload, { url, userErrors });
  }
}
