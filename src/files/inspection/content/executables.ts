import { fileTypeFromBuffer } from 'file-type';
import { isOle, OleFile } from './ole.js';

/** What a system or a program would run when it is opened. */
const ENDINGS = new Set(
  (
    'exe com scr pif cpl dll ocx sys drv msi msp mst msu msix appx appinstaller application gadget bat cmd ps1 ps2 psm1 ps1xml ' +
    'psc1 psd1 msh vb vbs vbe js jse mjs ws wsf wsh wsc sct hta lnk url website scf inf ins isp reg rgs job jar jnlp class apk ' +
    'dex ipa app dmg pkg deb rpm run bin elf so dylib appimage snap flatpakref desktop service sh bash zsh csh ksh fish command ' +
    'tool terminal workflow action scpt applescript webloc inetloc fileloc py pyc pyw pyz pyzw pl rb php wasm ahk au3 chm hlp ' +
    'msc xll wll xla shb shs settingcontent-ms library-ms search-ms searchconnector-ms theme themepack deskthemepack ' +
    'iso img vhd vhdx ade adp mde accde appref-ms diagcab xbap sln iqy oqy rqy dqy slk udl rdp swf'
  ).split(' '),
);

/** Office files whose ending says that they hold macros. */
const WITH_MACROS = new Set(
  'docm dotm xlsm xltm xlam pptm potm ppsm ppam sldm vsdm vstm vssm xlm bas frm cls'.split(' '),
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
  'swf',
]);

/** The start of a script, of a link file, or of a registry file; a BOM may stand before it. */
const SCRIPT =
  /^(?:\ufeff|ï»¿)?\s*(?:#!\s*\/|<\?php|<job\b|<package>\s*<job|<hta:|@echo off\b|windows registry editor|regedit4|\[(?:internetshortcut|autorun|desktop entry)\]|set\s+\w+\s*=\s*createobject|on error resume next|option explicit|param\s*\(|powershell|cmd(?:\.exe)?\s*\/c|(?:var|let|const)\s+\w+\s*=\s*new\s+activexobject)/i;
const ACTIVE_HTML = /<(?:script|hta:application)\b/i;
/** Of Windows Installer's packages; browsers, pages, script components and Flash as controls; Windows' own hosts of scripts. */
const PROGRAM_CLASSES = new Set([
  '000c1084-0000-0000-c000-000000000046',
  '000c1086-0000-0000-c000-000000000046',
  '8856f961-340a-11d0-a96b-00c04fd705a2',
  'eab22ac3-30c1-11cf-a7eb-0000c05bae0b',
  '25336920-03f9-11cf-8fd0-00aa00686f13',
  '3050f4d8-98b5-11cf-bb82-00aa00bdce0b',
  '06290bd2-48aa-11d2-8432-006008c3fbfc',
  '06290bd3-48aa-11d2-8432-006008c3fbfc',
  'ae24fdae-03c6-11d1-8b76-0080c744f389',
  'd27cdb6e-ae6d-11cf-96b8-444553540000',
  'd27cdb70-ae6d-11cf-96b8-444553540000',
  '72c24dd5-d70a-438b-8a42-98424b88afb8',
  '13709620-c279-11ce-a49e-444553540000',
]);
const LOOK_AT = 4_100;

export const isExecutableName = (name: string): boolean => ENDINGS.has(endingOf(name));

/** The last ending decides, and what Windows drops at a name's end is dropped. */
function endingOf(name: string): string {
  const shown = name
    .replace(/\0.*$/s, '')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  let end = shown.length;
  // not by an expression: it would begin anew at each dot of a long row of them
  while (end > 0 && '. '.includes(shown[end - 1])) end--;
  const last = shown.slice(0, end).split(/[\\/]/).at(-1)!;
  const dot = last.lastIndexOf('.');
  return dot >= 0 ? last.slice(dot + 1).toLowerCase() : '';
}

export async function isExecutable(content: Buffer): Promise<boolean> {
  if (content.length < 2) return false;
  const start = content.subarray(0, LOOK_AT);
  if (startsAsProgram(start)) return true;
  if (isOle(content)) return isProgramClass(new OleFile(content).entries[0]?.classId ?? '');
  const text = textOf(start);
  if (SCRIPT.test(text) || ACTIVE_HTML.test(text)) return true;
  return TYPES.has((await typeOf(content)) ?? '');
}

/** An Office file that holds macros, by its ending. */
export const isMacroName = (name: string): boolean => WITH_MACROS.has(endingOf(name));

/** By the class's usual spelling, with or without braces. */
export const isProgramClass = (id: string): boolean => PROGRAM_CLASSES.has(id.replace(/[{}]/g, '').toLowerCase());

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
