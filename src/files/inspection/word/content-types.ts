import { posix } from 'node:path';
import { listed } from './xml.js';

/** What each part of a package is: by its own name, else by its ending. Types are compared without case and parameters. */
export class ContentTypes {
  readonly all: string[];
  private readonly byName = new Map<string, string>();
  private readonly byEnding = new Map<string, string>();

  constructor(list: Buffer) {
    const { Override, Default } = listed(list, 'Override', 'Default');
    for (const { PartName, ContentType } of Override)
      if (PartName) this.byName.set(PartName.toLowerCase().replace(/^\//, ''), plain(ContentType));
    for (const { Extension, ContentType } of Default)
      if (Extension) this.byEnding.set(Extension.toLowerCase(), plain(ContentType));
    this.all = [...Override, ...Default].map((o) => plain(o.ContentType));
  }

  of(part: string): string {
    return this.byName.get(part) ?? this.byEnding.get(posix.extname(part).slice(1)) ?? '';
  }
}

const plain = (type = '') => type.replace(/;.*$/s, '').trim().toLowerCase();
