/** The ending of an old format, or none. In a file of its own: the service asks it without loading what opens files. */
export const oldEnding = (fileName: string): string =>
  /\.(wps|wpt|doc|dot|rtf)\s*$/i.exec(fileName)?.[1].toLowerCase() ?? '';
