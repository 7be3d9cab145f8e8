import type { FindingCode } from '../findings.js';
import { isExecutable, isExecutableName } from './executables.js';
import { isOle, OleFile } from './ole.js';

const NATIVE = '\u0001ole10native';
const MACROS = [Buffer.from('vbaProject.bin'), Buffer.from('_VBA_PROJECT', 'utf16le')];

/** What an embedded thing is, seen through the wrappers that Office puts around it. */
export async function lookInto(name: string, content: Buffer, depth = 0): Promise<FindingCode[]> {
  const found: FindingCode[] = [];
  if (isExecutableName(name) && !isOfficeBinary(name)) found.push('EMBEDDED_EXECUTABLE');
  if (await isExecutable(content)) found.push('EMBEDDED_EXECUTABLE');
  if (MACROS.some((mark) => content.includes(mark))) found.push('MACROS');
  if (isOle(content) && depth < 3) {
    const ole = new OleFile(content);
    const most = content.length;
    for (const native of ole.streams((e) => e.name.toLowerCase() === NATIVE, most)) {
      for (const item of packaged(native)) {
        if (item.names.some(isExecutableName)) found.push('EMBEDDED_EXECUTABLE');
        found.push(...(await lookInto('', item.content, depth + 1)));
      }
    }
    for (const other of ole.streams((e) => /^(?:package|contents)$/i.test(e.name), most))
      found.push(...(await lookInto('', other, depth + 1)));
  }
  return found;
}

/** Office calls its own containers oleObject1.bin, vbaProject.bin, printerSettings1.bin; only their content says more. */
const isOfficeBinary = (name: string) => /\.bin$/i.test(name);

/**
 * An OLE Package: the file’s label, its original and temporary path, and its bytes. Any other object's native data is
 * looked at as it is.
 */
function packaged(native: Buffer): { names: string[]; content: Buffer }[] {
  const whole = native.subarray(4);
  try {
    let at = 6;
    const text = () => {
      const end = native.indexOf(0, at);
      if (end < 0 || end - at > 1_024) throw new RangeError();
      const value = native.toString('latin1', at, end);
      at = end + 1;
      return value;
    };
    const names = [text(), text()];
    at += 4;
    const temporary = native.readUInt32LE(at);
    at += 4;
    names.push(native.toString('latin1', at, at + temporary).replace(/\0.*$/s, ''));
    at += temporary;
    const size = native.readUInt32LE(at);
    at += 4;
    if (size > native.length - at) throw new RangeError();
    const wide = wideNames(native, at + size);
    return [{ names: [...names, ...wide], content: native.subarray(at, at + size) }];
  } catch {
    return [{ names: [], content: whole }];
  }
}

/** Newer programs repeat the names in UTF-16 behind the data, where they may say something else. */
function wideNames(native: Buffer, from: number): string[] {
  const names: string[] = [];
  for (let at = from, i = 0; i < 3 && at + 4 <= native.length; i++) {
    const length = native.readUInt32LE(at) * 2;
    if (length > 2_048 || at + 4 + length > native.length) break;
    names.push(native.toString('utf16le', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return names;
}
