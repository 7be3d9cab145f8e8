import { BOUNDS } from '../bounds.js';
import { Stop } from '../findings.js';

/** What may be unpacked of one file, whatever is nested in it: small things within small things are still a bomb. */
export class Budget {
  private left: number = BOUNDS.unpackedBytes;

  take(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw new Stop('UNPACKS_TOO_LARGE');
  }
}
