import type { FindingCode } from '../findings.js';
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
  if (type.endsWith('/attachedtemplate') && OWN_TEMPLATE.test(target)) return [];
  if (!type.endsWith('/hyperlink')) return ['EXTERNAL_LINK'];
  return STARTS_PROGRAM.test(target.replace(/[\s\p{Cc}]/gu, '')) ? ['EXTERNAL_LINK'] : [];
}

/** The default template of the writer's own machine, which Word names in many an honest file and finds on nobody else's. */
const OWN_TEMPLATE = /^(?:file:\/{3})?[a-z]:[\\/](?:[^\\/]+[\\/])*normal\.dotm?$/i;

/** Addresses that start a program instead of showing something. */
const STARTS_PROGRAM =
  /^(?:javascript|vbscript|data|mhtml|search|search-ms|shell|ms-(?!word:|excel:|powerpoint:)[a-z-]+):/i;

/** On another machine: by a protocol, or by the share of a host. */
export const isRemote = (address: string): boolean => {
  const text = address.trim();
  if (/^(?:https?|ftps?|webdavs?|smb|nfs):/i.test(text)) return true;
  return /^(?:file:)?[\\/]{2}(?![a-z][:|]|[?.]\\)[^\\/]/i.test(text) || /^file:[\\/]{4,}[^\\/]/i.test(text);
};

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
