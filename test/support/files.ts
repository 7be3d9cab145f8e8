import { createHash } from 'node:crypto';
import { demoWord } from '../../seeds/demo/word.js';
import { plainPdf } from './pdf.js';
import type { TestService } from './service.js';

export const word = (text = 'x') => demoWord('材料', [text]);
export const pdf = (text = 'x') => plainPdf([text]);
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Announces and sends a file as a client would. */
export async function upload(s: TestService, token: string, fileName: string, bytes: Buffer): Promise<string> {
  const { data, errors } = await s.ask(
    token,
    'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url headers { name value } } userErrors { code path } } }',
    { input: { fileName, byteSize: bytes.length, sha256: sha256(bytes) } },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  const { id, url, headers } = data.createUpload.upload;
  const response = await fetch(url, {
    method: 'PUT',
    body: new Uint8Array(bytes),
    headers: Object.fromEntries(headers.map((h: { name: string; value: string }) => [h.name, h.value])),
  });
  if (!response.ok) throw new Error(`upload: ${response.status} ${await response.text()}`);
  return id;
}
