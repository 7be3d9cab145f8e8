import { isProgramClass } from '../content/executables.js';
import type { FindingCode } from '../findings.js';
import { isRemote } from './addresses.js';
import { findingsOfRelation } from './links.js';
import { attributesOf, type Tag } from './xml.js';

const VML = 'urn:schemas-microsoft-com:vml';
const RELATIONS = /\/package\/(?:2006\/)?relationships$/;
/** Attributes that fetch; of a shape or a link in a page `href` waits for a click. */
const FETCHED = ['src', 'althref', 'background', 'data', 'poster'];
const HREF_FETCHES = ['imagedata', 'fill', 'stroke', 'link', 'base'];

/** Elements of other kinds than Word's own by which a part fetches something or brings a program with it. */
export function findingsOfTag(tag: Tag, root: string | undefined): FindingCode[] {
  const { local, uri } = tag;
  if (uri === VML || root === 'html') {
    if (local === 'script') return ['EMBEDDED_EXECUTABLE'];
    return remote(tag, (name) => FETCHED.includes(name) || (name === 'href' && HREF_FETCHES.includes(local)));
  }
  // a package as one XML file, taken in as a piece of the document
  if (local === 'Relationship' && RELATIONS.test(uri)) return findingsOfRelation(attributesOf(tag));
  if (local === 'ocx') return isProgramClass(attributesOf(tag).classid ?? '') ? ['EMBEDDED_EXECUTABLE'] : [];
  // ribbons and task panes may have their code elsewhere
  if (root === 'customUI' || (root === 'webextension' && local === 'reference')) return remote(tag, () => true);
  return [];
}

/** Of every attribute of such a name, whatever its prefix: one element may mean several. */
const remote = (tag: Tag, fetches: (name: string) => boolean): FindingCode[] =>
  Object.values(tag.attributes).some(
    (a) => a.name !== 'xmlns' && a.prefix !== 'xmlns' && fetches(a.local) && isRemote(a.value),
  )
    ? ['EXTERNAL_LINK']
    : [];
