/**
 * Where an address leads, however it is spelt: with slashes either way, percent signs (of UTF-8, of GBK, or twice), a
 * scheme or none. Bytes that are percent-encoded are not read as text, since only the signs of ASCII decide.
 */
type Address = { scheme: string; path: string };

const REMOTE = /^(?:https?|ftps?|sftp|webdavs?|davs?|smb|cifs|nfs|afp|mhtml)$/;
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;
const DRIVE = /^[a-z][:|]/i;
/** The letters of disks and sticks: systems give them from C: upwards, and to the drives of a network from Z: downwards. */
const OWN_DRIVE = /^[c-g][:|]/i;
/** Where macOS and Linux show what is elsewhere. */
const MOUNTED =
  /^\/(?:net|network|volumes(?!\/macintosh hd\/)|mnt|misc|nfs|afs|proc|dev|run\/user|system\/volumes)(?:\/|$)/i;
/** As Word for Mac wrote them: a volume that is a start disk by its name or by its folders, which colons divide. */
const MAC_DISK =
  /^\/?(?:mac(?:intosh)? ?hd:(?!volumes:|network:|net:)|[^:/]+:(?:users|applications|library|system|private):)/i;
const MOST_LAYERS = 3;

/** On another machine: by a protocol, or by the share of a host. */
export function isRemote(address: string): boolean {
  const { scheme, path } = read(address);
  return REMOTE.test(scheme) || isShare(path);
}

/**
 * On the disk of whoever opens the file: by its whole path, or beside the document. A drive that a network may have
 * given its letter, and a path that climbs, may lead anywhere.
 */
export function isOnOwnDisk(address: string): boolean {
  const { scheme, path } = read(address);
  if (!path || isShare(path) || /\p{Cc}|%[0-9a-f]{2}/iu.test(path)) return false;
  if (path.split(/[/:]/).some((name) => /^\s*\.{2,}\s*$/.test(name))) return false;
  if (DRIVE.test(path)) return OWN_DRIVE.test(path);
  if (!REMOTE.test(scheme) && MAC_DISK.test(path)) return !path.includes('::');
  return scheme === '' && !path.includes(':') && !MOUNTED.test(path);
}

function read(address: string): Address {
  const text = decoded(address.replace(/[\p{Cc}\p{Cf}]/gu, '').trim()).replaceAll('\\', '/');
  const scheme = SCHEME.exec(text)?.[1].toLowerCase() ?? '';
  if (scheme !== 'file') return { scheme, path: text.replace(/^\/(?:\/[?.]\/)?(?=[a-z][:|])/i, '') };
  const path = text
    .slice('file:'.length)
    // without a host, with the machine's own, or with a drive in the host's place
    .replace(/^\/\/(?:localhost)?(?=\/)|^\/\/(?=[a-z][:|])/i, '')
    .replace(/^\/+(?=[a-z][:|])/i, '');
  return { scheme: '', path };
}

function decoded(address: string): string {
  let text = address;
  for (let i = 0; i < MOST_LAYERS; i++)
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => {
      const byte = Number.parseInt(hex, 16);
      return byte < 128 ? String.fromCharCode(byte) : '\ufffd';
    });
  return text;
}

/** `\\host\share` and, with the system's own prefixes, `\\?\UNC\host\share`. */
const isShare = (path: string): boolean => /^\/(?:\/|\?\?\/unc\/)/i.test(path);
