import { connect } from 'node:net';

/** Bytes as they are; resolves to what came back once the other side has closed. */
export function exchange(port: number, ...pieces: string[]): Promise<string> {
  return new Promise((done) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.on('data', (chunk) => (text += chunk));
    socket.on('error', () => {});
    socket.on('close', () => done(text));
  });
}

export const portOf = (url: string): number => Number(new URL(url).port);
