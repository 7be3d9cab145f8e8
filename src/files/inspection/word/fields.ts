import { BOUNDS } from '../bounds.js';
import { type FindingCode, Stop } from '../findings.js';
import { findingsOfField, PASSED_OVER } from './links.js';

const LONGEST = 65_536;
/** A field may build the instruction of those around it; Word goes no deeper. */
const DEEPEST = 20;

type Field = { instruction: string; isUnknown: boolean; hasResult: boolean };

/** The fields of one part that are written in pieces, each instruction judged once, whatever is nested in it. */
export class Fields {
  readonly found = new Set<FindingCode>();
  /** Those that are open, the innermost last. */
  private readonly open: Field[] = [];
  private judged = 0;

  mark(type: string | undefined): void {
    const field = this.open.at(-1);
    if (type === 'begin') {
      // another's result is a part of this instruction
      if (field && !field.hasResult) field.isUnknown = true;
      this.open.push({ instruction: '', isUnknown: false, hasResult: false });
    } else if (type === 'separate' && field) {
      this.judge(field.instruction, field.isUnknown);
      // what else is called an instruction behind it is one of its own
      field.instruction = '';
      field.isUnknown = false;
      field.hasResult = true;
    } else if (type === 'end' && field) {
      this.judge(field.instruction, field.isUnknown);
      this.open.pop();
    }
  }

  take(piece: string): void {
    if (!this.open.length) this.mark('begin');
    const last = this.open.length - 1;
    for (let i = last; i >= 0 && i > last - DEEPEST; i--) {
      const field = this.open[i];
      if (i < last && field.hasResult) break;
      // what Word passes over at the beginning does not push the rest out of what is kept
      const text = field.instruction ? piece : piece.replace(PASSED_OVER, '');
      if (field.instruction.length + text.length <= LONGEST) field.instruction += text;
      else {
        field.instruction += text.slice(0, LONGEST - field.instruction.length);
        field.isUnknown = true;
      }
    }
  }

  end(): void {
    while (this.open.length) this.mark('end');
  }

  judge(instruction: string, isUnknown = false): void {
    this.judged += instruction.length;
    if (this.judged > BOUNDS.instructionCharacters) throw new Stop('UNPACKS_TOO_LARGE');
    for (const finding of findingsOfField(instruction, isUnknown)) this.found.add(finding);
  }
}
