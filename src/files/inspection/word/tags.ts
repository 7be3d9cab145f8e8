import { isProgramClass } from '../content/executables.js';
import type { FindingCode } from '../findings.js';
import { isRemote } from './addresses.js';
import { findingsOfRelation } from './links.js';
import { type Attributes, attributesOf, type Tag } from './xml.js';

const VML = 'urn:schemas-microsoft-com:vml';
const RELATIONS = /\/package\/(?:2006\/)?relationships$/;
const remote = (...addresses: (string | undefined)[]): FindingCode[] =>
  addresses.some((address) => address && isRemote(address)) ? ['EXTERNAL_LINK'] : [];

/** Elements of other kinds than Word's own by which a part fetches something or brings a program with it. */
export function findingsOfTag(tag: Tag, root: string | undefined): FindingCode[] {
  if (tag.uri === VML) return ofVml(tag.local, attributesOf(tag));
  // a package as one XML file, taken in as a piece of the document
  if (tag.local === 'Relationship' && RELATIONS.test(tag.uri)) return findingsOfRelation(attributesOf(tag));
  if (root === 'html') return ofPage(tag.local, attributesOf(tag));
  if (tag.local === 'ocx') return isProgramClass(attributesOf(tag).classid ?? '') ? ['EMBEDDED_EXECUTABLE'] : [];
  // ribbons and task panes may have their code elsewhere
  if (root === 'customUI' || root === 'webextension') {
    const own = Object.values(tag.attributes).filter((a) => a.prefix !== 'xmlns' && a.name !== 'xmlns');
    return remote(...(root === 'customUI' || tag.local === 'reference' ? own.map((a) => a.value) : []));
  }
  return [];
}

const ofVml = (name: string, { src, href, althref }: Attributes): FindingCode[] =>
  // of a shape it is what a click opens
  remote(src, althref, /^(?:imagedata|fill|stroke)$/.test(name) ? href : undefined);

function ofPage(name: string, { src, background, data, poster, href }: Attributes): FindingCode[] {
  if (name === 'script') return ['EMBEDDED_EXECUTABLE'];
  return remote(src, background, data, poster, /^(?:link|base)$/.test(name) ? href : undefined);
}
