export type Severity = 'ERROR' | 'WARNING';
type Words = { severity: Severity; zh: string; en: string };

const error = (zh: string, en: string): Words => ({ severity: 'ERROR', zh, en });
const warning = (zh: string, en: string): Words => ({ severity: 'WARNING', zh, en });

/** What a check can find: what is wrong, and what to do about it. An error refuses the file, a warning never does. */
export const FINDINGS = {
  EMPTY: error('文件是空的，请重新导出后再上传。', 'The file is empty; export it again and upload that.'),
  WRONG_TYPE: error(
    '文件内容不是所要求的类型，请上传 .docx 格式的 Word 文件或 PDF。',
    'The content is not of the type asked for; send a .docx Word file or a PDF, as the slot says.',
  ),
  LEGACY_WORD: error(
    '这是旧版 Word（.doc、RTF 等）文件，请在 Word 或 WPS 中“另存为”.docx 后上传。',
    'This is an old Word file (.doc, RTF or the like); save it as .docx in Word or WPS and send that.',
  ),
  WPS_FORMAT: error(
    '这是 WPS 文字（.wps）文件，请在 WPS 中“另存为”.docx 后上传。',
    'This is a WPS Writer (.wps) file; save it as .docx in WPS and send that.',
  ),
  DAMAGED: error(
    '文件已损坏或不完整，请用原程序打开、重新保存后再上传。',
    'The file is damaged or incomplete; open it in its program, save it anew and send that.',
  ),
  ENCRYPTED: error(
    '文件已加密或设有密码（包括权限密码），请去除密码后上传。',
    'The file is encrypted or has a password, be it only for permissions; remove it and send the file again.',
  ),
  MACROS: error(
    '文件或其附件含有宏，请删除带宏的附件，或另存为不含宏的 .docx 后上传。',
    'The file or one attached to it holds macros; remove what is attached, or save it as a .docx without macros and send that.',
  ),
  EXTERNAL_LINK: error(
    '文件引用了外部模板、图片、对象或 DDE 数据，请嵌入或断开这些链接后上传（普通网页超链接不受影响）。',
    'The file draws on an outside template, picture, object or DDE source; embed it or break the link (plain web links are fine).',
  ),
  EMBEDDED_EXECUTABLE: error(
    '文件内嵌有可执行程序或脚本，请删除后上传。',
    'A program or script is embedded in the file; remove it and send the file again.',
  ),
  UNPACKS_TOO_LARGE: error(
    '文件过大，或展开后超出检查的上限，请压缩图片或拆分后上传。',
    'The file is too large, or unpacks to more than can be checked; shrink its pictures or split it.',
  ),
  TOO_MANY_PAGES: error(
    'PDF 超过 5000 页，请只上传本次材料。',
    'The PDF has more than 5,000 pages; send this paper alone.',
  ),
  SCRIPT: error(
    'PDF 含有脚本（JavaScript 等），请用“打印为 PDF”重新生成后上传。',
    'The PDF holds scripts (JavaScript or the like); print it to a new PDF and send that.',
  ),
  LAUNCH_ACTION: error(
    'PDF 含有启动外部程序、打开外部文件或访问网络共享的动作，请用“打印为 PDF”重新生成后上传。',
    'The PDF would launch a program, open another file or go to a network share; print it to a new PDF and send that.',
  ),
  FORM_SUBMIT: error(
    'PDF 含有向外提交或导入数据的表单或 XFA 表单，请用“打印为 PDF”重新生成后上传。',
    'The PDF holds a form that sends or imports data, or an XFA form; print it to a new PDF and send that.',
  ),
  POLYGLOT: error(
    '文件同时又是另一种格式（前后或中间夹带其他内容），请用原程序重新导出后上传。',
    'The file is something else as well (foreign content before, within or after it); export it anew and send that.',
  ),
  SIGNATURE_BROKEN: error(
    '数字签名与内容不符或无法核验，签名后文件被改动或签名不完整，请使用签名后的原件或重新签名。',
    'A digital signature does not match the content or can’t be verified: it was changed after signing, or never finished; send the signed original or sign again.',
  ),
  SIGNATURE_PARTIAL: warning(
    '没有数字签名覆盖整个文件，最后一次签名之后又加入了内容，请核对后再使用。',
    'No digital signature covers the whole file: something was added after the last; look at it before relying on it.',
  ),
  SIGNATURE_UNCHECKED: warning(
    '有数字签名的格式在此无法核验，请用签章厂商的阅读器核对后再使用。',
    'A digital signature is in a format that can’t be verified here; look at it in its maker’s reader before relying on it.',
  ),
  EMBEDDED_FILE: warning(
    'PDF 附有其他文件，审核时不会打开附件，必要内容请写入正文。',
    'Other files are attached to the PDF; nobody opens them in review, so put what matters into the document.',
  ),
  SCAN_ONLY: warning(
    'PDF 是纯扫描件，没有可检索的文字，无法与 Word 比对，请确认两者一致。',
    'The PDF is a pure scan without text and can’t be compared with the Word file; make sure that they agree.',
  ),
  PAIR_DIFFERS: warning(
    'PDF 的文字与 Word 文件相差较大，请确认两者是同一份材料。',
    'The text of the PDF differs much from the Word file; make sure that they are one paper.',
  ),
  TIMED_OUT: error(
    '检查用时过长而中止，请简化文件或用“打印为 PDF”重新生成后上传。',
    'The check took too long and was ended; simplify the file, or print it to a new PDF, and send that.',
  ),
} as const satisfies Record<string, Words>;

export type FindingCode = keyof typeof FINDINGS;

/** Each once, in the order of the table. */
export const inOrder = (found: Iterable<FindingCode>): FindingCode[] => {
  const set = new Set(found);
  return (Object.keys(FINDINGS) as FindingCode[]).filter((code) => set.has(code));
};

/** Stops a check at once: nothing more can be learnt from this file. */
export class Stop extends Error {
  constructor(
    readonly finding: FindingCode,
    options?: ErrorOptions,
  ) {
    super(finding, options);
  }
}
