import { fileTypeFromBuffer } from 'file-type';
import { isOle, OleFile } from './ole.js';

/** What a system or a program would run when it is opened. */
const ENDINGS = new Set(
  (
    'exe com scr pif cpl dll ocx sys drv msi msp mst msix appx appinstaller application gadget bat cmd ps1 psm1 ps1xml psc1 psd1 ' +
    'vb vbs vbe js jse mjs ws wsf wsh wsc sct hta lnk url scf inf reg rgs jar jnlp class apk dex ipa app dmg pkg deb rpm ' +
    'run bin elf so dylib sh bash zsh csh ksh command py pyc pyw pl rb php wasm chm hlp msc xll wll xlam ppam settingcontent-ms ' +
    'library-ms search-ms iso img vhd vhdx ade adp mde accde appref-ms diagcab xbap sln'
  ).split(' '),
);

/** As file-type calls them. */
const TYPES = new Set([
  'exe',
  'elf',
  'macho',
  'lnk',
  'jar',
  'apk',
  'class',
  'wasm',
  'deb',
  'rpm',
  'dex',
  'chm',
  'crx',
  'xpi',
]);

/** The start of a script, of a link file, or of a registry file; a BOM may stand before it. */
const SCRIPT =
  /^(?:\ufeff|ï»¿)?\s*(?:#!\s*\/|<\?php|<job\b|<package>\s*<job|<hta:|@echo off\b|windows registry editor|regedit4|\[internetshortcut\]|\[autorun\]|set\s+\w+\s*=\s*createobject|on error resume next|option explicit|param\s*\(|powershell|cmd(?:\.exe)?\s*\/c|(?:var|let|const)\s+\w+\s*=\s*new\s+activexobject)/i;
const ACTIVE_HTML = /<(?:script|hta:application)\b/i;
/** The class of Windows Installer's packages, as stored. */
const INSTALLERS = new Set(['84100c0000000000c000000000000046', '86100c0000000000c000000000000046']);
const LOOK_AT = 4_100;

/** The last ending decides, and what Windows drops at a name's end is dropped. */
export function isExecutableName(name: string): boolean {
  const shown = name
    .replace(/\0.*$/s, '')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  let end = shown.length;
  // not by an expression: it would begin anew at each dot of a long row of them
  while (end > 0 && '. '.includes(shown[end - 1])) end--;
  const last = shown.slice(0, end).split(/[\\/]/).at(-1)!;
  const dot = last.lastIndexOf('.');
  return dot >= 0 && ENDINGS.has(last.slice(dot + 1).toLowerCase());
}

export async function isExecutable(content: Buffer): Promise<boolean> {
  if (content.length < 2) return false;
  const start = content.subarray(0, LOOK_AT);
  if (startsAsProgram(start)) return true;
  if (isOle(content)) return INSTALLERS.has(new OleFile(content).entries[0]?.classId ?? '');
  const text = textOf(start);
  if (SCRIPT.test(text) || ACTIVE_HTML.test(text)) return true;
  return TYPES.has((await typeOf(content)) ?? '');
}

/** MZ alone are two letters; a program also says where its real header is, or where its first page ends. */
function startsAsProgram(start: Buffer): boolean {
  if (start.subarray(0, 2).toString('latin1') === 'MZ')
    return start.length < 64 || !/^[\x20-\x7e\s]*$/.test(start.toString('latin1'));
  const magic =
    start.readUInt16BE(0).toString(16).padStart(4, '0') +
    (start.length >= 4 ? start.readUInt16BE(2).toString(16).padStart(4, '0') : '');
  return ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', '4c000000', '0061736d'].includes(
    magic,
  );
}

const textOf = (start: Buffer): string =>
  start[0] === 0xff && start[1] === 0xfe ? start.toString('utf16le') : start.toString('latin1');

/** What file-type takes it for, by content; undefined for the unknown and the broken. */
export async function typeOf(content: Uint8Array): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(content))?.ext;
  } catch {
    return undefined;
  }
}
