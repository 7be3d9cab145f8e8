import { isExecutableName } from '../content/executables.js';
import type { FindingCode } from '../findings.js';
import { isOnOwnDisk, isRemote } from './addresses.js';
import type { Attributes } from './xml.js';

/** A relation to something outside is fine only when it waits for a click, and the click opens nothing but a page. */
export function findingsOfRelation(relation: Attributes): FindingCode[] {
  const type = (relation.Type ?? '').toLowerCase();
  const target = (relation.Target ?? '').trim();
  if (/\/(?:vbaproject|wordvbadata)$/.test(type)) return ['MACROS'];
  if (relation.TargetMode?.toLowerCase() !== 'external') {
    return isRemote(target) && !type.endsWith('/hyperlink') ? ['EXTERNAL_LINK'] : [];
  }
  // what Word and WPS write for a picture that got lost
  if (/^(?:|null|about:blank|#.*)$/i.test(target)) return [];
  if (type.endsWith('/attachedtemplate') && isOnOwnDisk(target)) return [];
  if (!type.endsWith('/hyperlink')) return ['EXTERNAL_LINK'];
  return startsProgram(target) ? ['EXTERNAL_LINK'] : [];
}

/** Addresses that start a program instead of showing something. */
const PROGRAM_SCHEME =
  /^(?:javascript|vbscript|data|mhtml|search|search-ms|shell|ms-(?!word:|excel:|powerpoint:)[a-z-]+):/i;
/** A file by its path, not a page whose address lacks its beginning: endings of programs are countries' too. */
const FILE = /^(?:file:|[a-z]:[\\/]|[\\/]{2})/i;
const COUNTRY = /\.(?:com|app|pl|py|sh|so|run|ws|url|website)[. ]*$/i;

function startsProgram(address: string): boolean {
  const target = address.replace(/[\s\p{Cc}]/gu, '');
  if (PROGRAM_SCHEME.test(target)) return true;
  const [path] = target.split(/[?#]/, 1);
  return FILE.test(path) && isExecutableName(path) && !COUNTRY.test(path);
}

/** Before the name of a field. */
export const PASSED_OVER = /^[\s"“”\p{Cc}\p{Cf}]+/u;

/**
 * Fields that fetch from elsewhere by themselves. The instruction may have been typed in pieces and with quotes; where
 * not all of it is known, as when other fields build it, nobody can say where it leads.
 */
export function findingsOfField(instruction: string, isUnknown: boolean): FindingCode[] {
  const [, name, rest] = /^([a-z]+)\b(.*)$/is.exec(instruction.replace(PASSED_OVER, '')) ?? [];
  switch (name?.toUpperCase()) {
    case 'DDE':
    case 'DDEAUTO':
    case 'LINK':
    case 'DATABASE':
      return ['EXTERNAL_LINK'];
    case 'INCLUDEPICTURE':
    case 'INCLUDETEXT':
    case 'INCLUDE':
    case 'IMPORT':
    case 'DATA':
    case 'RD':
      return isUnknown || words(rest).some(isOutside) ? ['EXTERNAL_LINK'] : [];
    case 'HYPERLINK': {
      const [, quoted, bare] = /["“”]([^"“”]*)|([^\s"“”]+)/.exec(rest.replace(SWITCH, ' ')) ?? [];
      return startsProgram(single(quoted ?? bare ?? '')) ? ['EXTERNAL_LINK'] : [];
    }
    default:
      return [];
  }
}

/** The place in a page, the tip, the frame: their words are no addresses. */
const SWITCH = /\\[lot]\s*(?:"[^"]*"|“[^“”]*”|[^\s"“”]+)/gi;
const words = (text: string): string[] => text.split(/["“”]+|\s+/).filter(Boolean);
/** In a field every backslash is doubled. */
const single = (word: string): string => word.replaceAll('\\\\', '\\');
const onDrive = /^(?:file:[\\/]*)?[a-z][:|]/i;

const isOutside = (word: string): boolean =>
  /(?:https?|ftps?|smb|webdavs?|mhtml):/i.test(word) ||
  [word, single(word)].some((path) => isRemote(path) && !onDrive.test(path)) ||
  (onDrive.test(word) && !isOnOwnDisk(single(word)));
