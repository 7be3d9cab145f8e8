import { BOUNDS } from '../bounds.js';
import { Stop } from '../findings.js';

/** What may be unpacked of one file, whatever is nested in it: small things within small things are still a bomb. */
export class Budget {
  private bytes: number = BOUNDS.unpackedBytes;
  private xml: number = BOUNDS.xmlBytes;
  private entries: number = BOUNDS.nestedEntries;

  unpack(bytes: number): void {
    this.bytes = less(this.bytes, bytes);
  }

  parse(bytes: number): void {
    this.xml = less(this.xml, bytes);
  }

  /** One that holds nothing takes time too. */
  open(): void {
    this.entries = less(this.entries, 1);
  }
}

function less(left: number, taken: number): number {
  if (taken > left) throw new Stop('UNPACKS_TOO_LARGE');
  return left - taken;
}
