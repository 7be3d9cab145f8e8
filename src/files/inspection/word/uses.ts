import type { FindingCode } from '../findings.js';
import type { Attributes, Tag } from './xml.js';

const RELATION = /\/officeDocument\/(?:2006\/)?relationships$/;
/** Elements that fetch what their relation names, when the document is opened. */
const FETCHING = new Set(
  (
    'attachedTemplate altChunk subDoc blip svgBlip imagedata fill stroke OLEObject control externalData audioFile videoFile ' +
    'media movie sourceFileName dataSource headerSource recipientData src saveThroughXslt'
  ).split(' '),
);

/** A relation that calls itself a link, and so is not looked at closely, must be used as one. */
export class Uses {
  private readonly drawn = new Set<string>();
  private readonly links = new Set<string>();

  /** `part`: whose relations the list holds. */
  relation(part: string, { Id, Type, TargetMode }: Attributes): void {
    if (TargetMode?.toLowerCase() === 'external' && Type?.toLowerCase().endsWith('/hyperlink'))
      this.links.add(`${part} ${Id}`);
  }

  element(part: string, tag: Tag): void {
    if (!FETCHING.has(tag.local)) return;
    for (const name in tag.attributes) {
      const { uri, value } = tag.attributes[name];
      if (uri && RELATION.test(uri)) this.drawn.add(`${part} ${value}`);
    }
  }

  get found(): FindingCode[] {
    for (const use of this.links) if (this.drawn.has(use)) return ['EXTERNAL_LINK'];
    return [];
  }
}
