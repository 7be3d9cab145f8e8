import { isExecutable, typeOf } from '../content/executables.js';
import { isOle, OleFile } from '../content/ole.js';
import type { FindingCode } from '../findings.js';
import { oldEnding } from './old-ending.js';

const LOOK_AT = 65_536;
const LOCKED = Buffer.from('EncryptedPackage', 'utf16le');
/** Word for DOS, and Word 1 to 6 without a container. */
const VERY_OLD = ['31be', '9ba5', 'dba5', 'dca5'];
const FIB_FLAGS = 10;
const FIB_ENCRYPTED = 0x0100;

/** What a file that is no .docx is, as far as it helps its sender. The name decides only among what looks alike. */
export async function notWord(file: Buffer, fileName: string): Promise<FindingCode[]> {
  const ending = oldEnding(fileName);
  const old: FindingCode = ending === 'wps' || ending === 'wpt' ? 'WPS_FORMAT' : 'LEGACY_WORD';
  const namedOld = ending !== '';
  if (isOle(file)) return notPackage(new OleFile(file), file, old, namedOld);
  const start = file.subarray(0, LOOK_AT).toString('latin1').trimStart();
  if (start.startsWith('{\\rt') || VERY_OLD.includes(file.toString('hex', 0, 2))) return [old];
  if (/progid="word\.document"|schemas\.microsoft\.com\/office\/word\/2003\/wordml/i.test(start)) return [old];
  const isPage = /^(?:\xef\xbb\xbf)?(?:<|mime-version:)/i.test(start) || /^\xff\xfe<\0/.test(start);
  if (isPage && namedOld) return [old];
  if (
    old === 'WPS_FORMAT' &&
    !isPage &&
    !start.includes('%PDF-') &&
    !(await typeOf(file)) &&
    !(await isExecutable(file))
  )
    return ['WPS_FORMAT'];
  return ['WRONG_TYPE'];
}

function notPackage(ole: OleFile, file: Buffer, old: FindingCode, namedOld: boolean): FindingCode[] {
  if (ole.has('encryptedpackage', 'encryptioninfo') || (ole.entries.length < 2 && file.includes(LOCKED)))
    return ['ENCRYPTED'];
  if (ole.has('worddocument')) {
    const found: FindingCode[] = [old];
    if (ole.has('macros', '_vba_project', '_vba_project_cur', 'vba')) found.push('MACROS');
    const [head] = ole.streams((e) => e.name.toLowerCase() === 'worddocument', 32);
    if (head?.length >= FIB_FLAGS + 2 && head.readUInt16LE(FIB_FLAGS) & FIB_ENCRYPTED) found.push('ENCRYPTED');
    return found;
  }
  // Microsoft Works, whose files are called .wps too
  if (ole.has('matost', 'matadap')) return ['WPS_FORMAT'];
  if (ole.has('workbook', 'book', 'powerpoint document', 'visiodocument')) return ['WRONG_TYPE'];
  return namedOld ? [old] : ['WRONG_TYPE'];
}
