export function wordFile(documentTitle: string, blocks: string[]): Buffer;
