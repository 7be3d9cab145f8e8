import { Arg, Ctx, Field, FieldResolver, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { named } from '../access/session.js';
import type { FileLinks } from '../files/links.js';
import { ReceiptKind } from '../graph/enums.js';
import { ApiError } from '../graph/errors.js';
import { AtMost, Inverse } from '../graph/hints.js';
import { DateTimeResolver } from '../graph/scalars.js';
import type { Context } from '../reading/context.js';
import { ReportRevision } from '../reports/revision.entity.js';
import { readReceiptNumber } from './facts.js';
import { Receipt } from './receipt.entity.js';

@ObjectType({
  simpleResolvers: true,
  description: '核验结果，不透露其他内容。 Answer of a verification; tells nothing else.',
})
export class ReceiptVerification {
  @Field({ description: '是否属于记录。 Does it belong to the record?' })
  belongs!: boolean;
  @Field(() => DateTimeResolver, {
    nullable: true,
    description:
      '回执的签发时间，或文件的提交时间；不属于则为空。 When the receipt was issued, or the file submitted; null unless it belongs.',
  })
  issuedAt!: Date | null;
}

const RECORDED = named('SELECT recorded_at($1, $2) AS at');
const NOT_RECORDED: ReceiptVerification = { belongs: false, issuedAt: null };

@Resolver(() => Receipt)
export class ReceiptResolver {
  @Query(() => ReceiptVerification, {
    description:
      '公开核验：某回执编号，或某文件（WORD、PDF或回执）的 SHA-256 是否属于记录（自提交起）；二者恰取其一。公钥见 /.well-known/jwks.json。 Public: does a receipt, or a file by its SHA-256, belong to the record, from its submission on? Exactly one of the two; the public key is at /.well-known/jwks.json.',
  })
  async verifyReceipt(
    @Ctx() c: Context,
    @Arg('receiptNumber', () => String, { nullable: true, description: '回执编号。 Number of a receipt.' })
    receiptNumber?: string,
    @Arg('sha256', () => String, {
      nullable: true,
      description: '文件的 SHA-256（十六进制）。 SHA-256 of a file, hex.',
    })
    sha256?: string,
  ): Promise<ReceiptVerification> {
    if ((receiptNumber == null) === (sha256 == null))
      throw new ApiError('BAD_USER_INPUT', {
        message: {
          zh: 'receiptNumber 与 sha256 须恰好给出一个。',
          en: 'Give exactly one of receiptNumber and sha256.',
        },
      });
    const number = receiptNumber == null ? null : readReceiptNumber(receiptNumber);
    const digest = sha256 == null ? null : /^[0-9a-f]{64}$/.exec(sha256.trim().toLowerCase())?.[0];
    const [{ at }] = await c.session.query<{ at: Date | null }>(RECORDED, [number ?? null, digest ?? null]);
    return at ? { belongs: true, issuedAt: at } : NOT_RECORDED;
  }

  @FieldResolver()
  downloadUrl(@Root() row: Receipt, @Ctx() c: Context & { links: FileLinks }): string {
    return c.links.download(c.publicBase, 'receipts', row.id, c.actor.tokenId!, c.now);
  }
}

/** What this feature adds to a revision: features know each other only downwards. */
@Resolver(() => ReportRevision)
export class RevisionReceiptsResolver {
  @FieldResolver(() => [Receipt], { description: '回执，最早的在前。 Receipts, oldest first.' })
  @Inverse({ entity: 'Receipt', by: 'revision' }, 'issuedAt', '-kind', 'id')
  @AtMost(Object.keys(ReceiptKind).length)
  receipts(@Root() row: any): Receipt[] {
    return row.receipts ?? [];
  }
}
