/**
 * An OLE Package: the file’s label, its original and temporary path, and its bytes. Any other object's native data is
 * looked at as it is.
 */
export function packaged(native: Buffer): { names: string[]; content: Buffer } {
  const names: string[] = [];
  try {
    let at = 6;
    const text = () => {
      const end = native.indexOf(0, at);
      if (end < 0 || end - at > 1_024) throw new RangeError();
      const value = native.toString('latin1', at, end);
      at = end + 1;
      return value;
    };
    names.push(text(), text());
    at += 4;
    const temporary = native.readUInt32LE(at);
    at += 4;
    names.push(native.toString('latin1', at, at + temporary).replace(/\0.*$/s, ''));
    at += temporary;
    const size = native.readUInt32LE(at);
    at += 4;
    if (size > native.length - at) throw new RangeError();
    names.push(...wideNames(native, at + size));
    return { names, content: native.subarray(at, at + size) };
  } catch {
    return { names, content: native.subarray(4) };
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
