import { type Actor, JOB } from '../access/actor.js';
import { MAX_KEPT_ANSWER } from '../access/budgets.js';
import type { Door } from '../access/door.js';
import { ApiError } from '../graph/errors.js';

const MAX_KEY = 200;
/** An answer that never came: its process is gone. */
const ABANDONED_MS = 60_000;
const KEPT_MS = 24 * 3_600_000;
const TAKEN = 'token_id = $1 AND key = $2 AND created_at = $3';

type Stored = { body_hash: string; answer: { text?: string } | null; changed: boolean; created_at: Date };

/** `unknown`: it failed in a way that does not tell what was done. */
type Result = { text: string; failed: boolean; unknown?: boolean };

/** The request that a key belongs to. Its door knows whether anything was changed; `secrets` are what it hands out. */
export type KeyedRequest = { actor: Actor; door: Door; secrets: readonly string[] };

/** Idempotency-Key: the same key and body get the stored answer; the same key with another body is an error. */
export async function idempotently(
  request: KeyedRequest,
  key: string,
  bodyHash: string,
  execute: () => Promise<Result>,
): Promise<string> {
  const { actor } = request;
  if (!actor.tokenId) return (await execute()).text;
  const door = request.door.forRequest();
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > MAX_KEY)
    throw new ApiError('BAD_USER_INPUT', {
      message: {
        zh: `Idempotency-Key 须为 1 至 ${MAX_KEY} 个可见 ASCII 字符。`,
        en: `Idempotency-Key takes 1 to ${MAX_KEY} visible ASCII characters.`,
      },
    });
  const row = [actor.tokenId, key];
  /** When this request took the key: one that takes too long loses it to another. */
  let taken: unknown[] = [];
  const stored = await door.writing<Stored | null>(actor, async (tx) => {
    await tx.query(
      'DELETE FROM idempotent_answer WHERE token_id = $1 AND key = $2 AND (created_at < $3 OR (answer IS NULL AND NOT changed AND created_at < $4))',
      [...row, new Date(tx.now.getTime() - KEPT_MS), new Date(tx.now.getTime() - ABANDONED_MS)],
    );
    const inserted = await tx.query(
      'INSERT INTO idempotent_answer (token_id, key, body_hash, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1',
      [...row, bodyHash, tx.now],
    );
    taken = [...row, tx.now];
    if (inserted.length) return null;
    const [found] = await tx.query<Stored>(
      'SELECT body_hash, answer, changed, created_at FROM idempotent_answer WHERE token_id = $1 AND key = $2',
      row,
    );
    return found ?? { body_hash: bodyHash, answer: null, changed: false, created_at: tx.now };
  });
  if (stored) {
    if (stored.body_hash !== bodyHash)
      throw new ApiError('BAD_USER_INPUT', {
        message: {
          zh: '此 Idempotency-Key 已用于另一请求。',
          en: 'This Idempotency-Key was used with another request.',
        },
      });
    if (stored.answer?.text !== undefined) return stored.answer.text;
    if (stored.answer)
      throw new ApiError('CONFLICT', {
        retryable: false,
        message: {
          zh: '此请求已经执行，但应答超过 256 KiB，未予保存：请查询现状，不必重复。',
          en: 'This request was carried out, but its answer had more than 256 KiB and was not kept: look at how things stand, and do not repeat it.',
        },
      });
    if (stored.changed && stored.created_at.getTime() < door.now().getTime() - ABANDONED_MS)
      throw new ApiError('CONFLICT', {
        retryable: false,
        message: {
          zh: '此请求已经执行，但应答未能保存：请查询现状，不必重复。',
          en: 'This request was carried out, but its answer was lost: look at how things stand, and do not repeat it.',
        },
      });
    throw new ApiError('CONFLICT', {
      message: { zh: '同一请求正在处理，请稍后重试。', en: 'The same request is still running; try again shortly.' },
    });
  }
  // marked in the change's own transaction: whatever becomes of the answer, the change is not made twice
  request.door.beforeCommit = async (tx) => {
    const marked = await tx.query(`UPDATE idempotent_answer SET changed = true WHERE ${TAKEN} RETURNING 1`, taken);
    if (!marked.length) throw new ApiError('CONFLICT');
  };
  /** The mark decides, not what we heard of the commit: the connection may have broken in it. */
  const forgotten = (): Promise<boolean> =>
    door
      .writing(actor, (tx) =>
        tx.query(`DELETE FROM idempotent_answer WHERE ${TAKEN} AND NOT changed RETURNING 1`, taken),
      )
      .then(({ length }) => length > 0)
      .catch(() => false);
  let result: Result;
  try {
    result = await execute();
  } catch (error) {
    await forgotten();
    throw error;
  }
  if (result.failed && (await forgotten())) return result.text;
  // an error that says try again must not be the answer for a day: the mark alone stays
  if (result.unknown) return result.text;
  const text = withoutSecrets(result.text, request.secrets);
  // a longer one is remembered as such: that the change was made, and not what was said
  const answer = Buffer.byteLength(text) > MAX_KEPT_ANSWER ? {} : { text };
  await door
    .writing(actor, (tx) =>
      tx.query(`UPDATE idempotent_answer SET answer = $4 WHERE ${TAKEN}`, [...taken, JSON.stringify(answer)]),
    )
    // what was done is answered all the same, as by a token that has just revoked itself
    .catch(() => {});
  return result.text;
}

/** A secret is shown once, never stored; whatever else the answer says stays as it was. */
const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((kept, secret) => kept.replaceAll(JSON.stringify(secret), 'null'), text);

/** Nobody asks for an answer again after that time. */
export const forgetAnswers = (door: Door): Promise<unknown> =>
  door.writing(JOB, (tx) =>
    tx.query('DELETE FROM idempotent_answer WHERE created_at < $1', [new Date(tx.now.getTime() - KEPT_MS)]),
  );
