import { BOUNDS } from '../bounds.js';
import { type FindingCode, Stop } from '../findings.js';
import { findingsOfField } from './links.js';

const LONGEST = 65_536;
/** A field may build the instruction of those around it; Word goes no deeper. */
const DEEPEST = 20;

type Field = { instruction: string; hasResult: boolean };

/** The fields of one part that are written in pieces, each instruction judged once, whatever is nested in it. */
export class Fields {
  readonly found = new Set<FindingCode>();
  /** Those that are open, the innermost last. */
  private readonly open: Field[] = [];
  private judged = 0;

  mark(type: string | undefined): void {
    const field = this.open.at(-1);
    if (type === 'begin') this.open.push({ instruction: '', hasResult: false });
    else if (type === 'separate' && field) {
      this.judge(field.instruction);
      // what else is called an instruction behind it is one of its own
      field.instruction = '';
      field.hasResult = true;
    } else if (type === 'end' && field) {
      this.judge(field.instruction);
      this.open.pop();
    }
  }

  take(text: string): void {
    if (!this.open.length) this.mark('begin');
    const last = this.open.length - 1;
    for (let i = last; i >= 0 && i > last - DEEPEST; i--) {
      const field = this.open[i];
      if (i < last && field.hasResult) break;
      if (field.instruction.length < LONGEST) field.instruction += text.slice(0, LONGEST);
    }
  }

  end(): void {
    while (this.open.length) this.mark('end');
  }

  judge(instruction: string): void {
    this.judged += instruction.length;
    if (this.judged > BOUNDS.instructionCharacters) throw new Stop('UNPACKS_TOO_LARGE');
    for (const finding of findingsOfField(instruction)) this.found.add(finding);
  }
}
