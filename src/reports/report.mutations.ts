import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Storage } from '../files/storage.js';
import { Payload } from '../graph/payload.js';
import type { Context } from '../reading/context.js';
import { take } from '../workflow/engine.js';
import type { Checks } from './checks.js';
import { attachReportDocument } from './documents.js';
import { createReportDraft, updateReportDraft } from './drafts.js';
import { extendObligation } from './extend.js';
import { REPORTS } from './machine.js';
import type { ReceiptBook } from './moves.js';
import * as inputs from './report.input.js';
import * as payloads from './report.payload.js';
import { createUpload } from './uploads.js';

type Ctx_ = Context & { storage: Storage; checks: Checks; receipts: ReceiptBook };
const INPUT = { description: '输入。 Input.' };
const SEE = '；谁可为见 docs/permissions.md。';

const payload = Payload.of;

@Resolver()
export class ReportMutations {
  @Mutation(() => payloads.CreateReportDraftPayload, {
    nullable: true,
    description: `理事会起草材料${SEE} Create a draft (board).`,
  })
  async createReportDraft(
    @Arg('input', () => inputs.CreateReportDraftInput, INPUT) input: inputs.CreateReportDraftInput,
    @Ctx() c: Context,
  ) {
    return payload(payloads.CreateReportDraftPayload, await createReportDraft(c, input));
  }
  @Mutation(() => payloads.UpdateReportDraftPayload, {
    nullable: true,
    description: `理事会修改草稿${SEE} Edit the draft (board).`,
  })
  async updateReportDraft(
    @Arg('input', () => inputs.UpdateReportDraftInput, INPUT) input: inputs.UpdateReportDraftInput,
    @Ctx() c: Context,
  ) {
    return payload(payloads.UpdateReportDraftPayload, await updateReportDraft(c, input));
  }
  @Mutation(() => payloads.CreateUploadPayload, {
    nullable: true,
    description: `申明上传，取得签名链接${SEE} Announce a file and get a signed URL (board; province, for a template).`,
  })
  async createUpload(
    @Arg('input', () => inputs.CreateUploadInput, INPUT) input: inputs.CreateUploadInput,
    @Ctx() c: Ctx_,
  ) {
    const { upload, ticket, userErrors } = await createUpload(c, input, c.storage, c.publicBase);
    const answer = upload && { id: upload.id, expiresAt: upload.expiresAt, ...ticket };
    return payload(payloads.CreateUploadPayload, { id: upload?.id ?? null, upload: answer, userErrors });
  }
  @Mutation(() => payloads.AttachReportDocumentPayload, {
    nullable: true,
    description: `把已上传的文件附到草稿，按内容检查${SEE} Attach an uploaded file, checked by its content (board).`,
  })
  async attachReportDocument(
    @Arg('input', () => inputs.AttachReportDocumentInput, INPUT) input: inputs.AttachReportDocumentInput,
    @Ctx() c: Ctx_,
  ) {
    return payload(payloads.AttachReportDocumentPayload, await attachReportDocument(c, input));
  }
  @Mutation(() => payloads.SubmitReportPayload, {
    nullable: true,
    description: `提交给市州，冻结为一个版本${SEE} Submit to the city (board); freezes a revision.`,
  })
  async submitReport(
    @Arg('input', () => inputs.SubmitReportInput, INPUT) input: inputs.SubmitReportInput,
    @Ctx() c: Ctx_,
  ) {
    return payload(payloads.SubmitReportPayload, await take(REPORTS, c, 'submitReport', input));
  }
  @Mutation(() => payloads.WithdrawReportPayload, {
    nullable: true,
    description: `撤回市州尚未审核的材料${SEE} Withdraw (board) what the bureau has not decided.`,
  })
  async withdrawReport(
    @Arg('input', () => inputs.WithdrawReportInput, INPUT) input: inputs.WithdrawReportInput,
    @Ctx() c: Ctx_,
  ) {
    return payload(payloads.WithdrawReportPayload, await take(REPORTS, c, 'withdrawReport', input));
  }
  @Mutation(() => payloads.ApproveReportPayload, {
    nullable: true,
    description: `市州审核通过，材料到达省厅（通知第4条）${SEE} Approve (bureau): only now it reaches the province (notice, paragraph 4).`,
  })
  async approveReport(
    @Arg('input', () => inputs.ApproveReportInput, INPUT) input: inputs.ApproveReportInput,
    @Ctx() c: Ctx_,
  ) {
    return payload(payloads.ApproveReportPayload, await take(REPORTS, c, 'approveReport', input));
  }
  @Mutation(() => payloads.ReturnReportPayload, {
    nullable: true,
    description: `市州或省厅退回修改${SEE} Return: the bureau from SUBMITTED, the province from CITY_APPROVED.`,
  })
  async returnReport(
    @Arg('input', () => inputs.ReturnReportInput, INPUT) input: inputs.ReturnReportInput,
    @Ctx() c: Ctx_,
  ) {
    return payload(payloads.ReturnReportPayload, await take(REPORTS, c, 'returnReport', input));
  }
  @Mutation(() => payloads.AcceptReportPayload, { nullable: true, description: `省厅收件${SEE} Accept (province).` })
  async acceptReport(
    @Arg('input', () => inputs.AcceptReportInput, INPUT) input: inputs.AcceptReportInput,
    @Ctx() c: Ctx_,
  ) {
    return payload(payloads.AcceptReportPayload, await take(REPORTS, c, 'acceptReport', input));
  }
  @Mutation(() => payloads.ReopenReportPayload, {
    nullable: true,
    description: `省厅重新打开已收件的材料${SEE} Reopen an accepted report (province).`,
  })
  async reopenReport(
    @Arg('input', () => inputs.ReopenReportInput, INPUT) input: inputs.ReopenReportInput,
    @Ctx() c: Ctx_,
  ) {
    return payload(payloads.ReopenReportPayload, await take(REPORTS, c, 'reopenReport', input));
  }
  @Mutation(() => payloads.ExtendObligationPayload, {
    nullable: true,
    description: `省厅延长一项报送任务的期限${SEE} Extend one obligation (province).`,
  })
  async extendObligation(
    @Arg('input', () => inputs.ExtendObligationInput, INPUT) input: inputs.ExtendObligationInput,
    @Ctx() c: Context,
  ) {
    return payload(payloads.ExtendObligationPayload, await extendObligation(c, input));
  }
}
