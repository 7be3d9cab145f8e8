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
  return STARTS_PROGRAM.test(target.replace(/[\s\p{Cc}]/gu, '')) ? ['EXTERNAL_LINK'] : [];
}

/** Addresses that start a program instead of showing something. */
const STARTS_PROGRAM =
  /^(?:javascript|vbscript|data|mhtml|search|search-ms|shell|ms-(?!word:|excel:|powerpoint:)[a-z-]+):/i;

/** Fields that fetch from elsewhere by themselves. The instruction may have been typed in pieces and with quotes. */
export function findingsOfField(instruction: string): FindingCode[] {
  const [, name, rest] = /^[\s"\p{Cc}]*([a-z]+)\b(.*)$/isu.exec(instruction) ?? [];
  switch (name?.toUpperCase()) {
    case 'DDE':
    case 'DDEAUTO':
    case 'LINK':
      return ['EXTERNAL_LINK'];
    case 'INCLUDEPICTURE':
    case 'INCLUDETEXT':
    case 'INCLUDE':
    case 'IMPORT':
    case 'DATABASE':
    case 'RD':
      // in a field every backslash is doubled
      return /https?:|ftp:|(?:^|["\s])(?:file:)?(?:\\{2,}|\/{2})(?![a-z]:)[^\\/\s]/i.test(rest)
        ? ['EXTERNAL_LINK']
        : [];
    default:
      return [];
  }
}
