import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../graph/call.js';
import { lineOf } from './addresses.js';

/** Milliseconds: for headers, for a body to arrive, for bytes to be read, for an answer to be made, for all to end at a stop. */
export type Patience = { headers: number; body: number; write: number; request: number; closing: number };
export const PATIENCE: Patience = { headers: 20_000, body: 30_000, write: 30_000, request: 30_000, closing: 30_000 };

export type Room = { sockets: number; ofOneLine: number; bodies: number; answers: number };
/** Connections, of which one line may have so many; and bytes of bodies and of answers that are under way. */
export const ROOM: Room = { sockets: 2_000, ofOneLine: 400, bodies: 64 << 20, answers: 96 << 20 };

/** A file that is sent or fetched goes on as long as this much moves in the time that a body has. */
const PROGRESS = 32_768;
/** Answers that are sent piece by piece, so that it is seen whether they are read. */
const LARGE = 262_144;
const PIECE = 65_536;
/** Requests that wait behind another on the same connection: nobody honest sends many. */
const PIPELINED = 16;
/** Nothing was read for so long: where there is no room, such a reader goes first. */
const STALLED_MS = 2_000;

type Progress = { bytes: number; at: number };
type State = {
  socket: Socket;
  line: Set<State>;
  /** When its last request began, or when it was opened. */
  since: number;
  request?: IncomingMessage;
  response?: ServerResponse;
  upload: boolean;
  behind: number;
  received: Progress;
  sent: Progress;
  queries: Set<Call>;
};

/**
 * What connections may hold on to. One look around a second does for all of them what a timer for each request would: bodies that
 * do not come, answers that nobody reads, calls that take too long. Where there is no room the one goes that has done nothing
 * for longest, so that slow ones keep nobody out.
 */
export class Sockets {
  private readonly states = new Map<Socket, State>();
  private readonly lines = new Map<string, Set<State>>();
  private readonly calls = new Set<Call>();
  private readonly bodies = new Map<State, { request: IncomingMessage; bytes: number }>();
  private readonly answers = new Map<ServerResponse, { socket: Socket | null; bytes: number }>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly patience: Patience,
    private readonly room: Room,
    private readonly isProxy: (address: string | undefined) => boolean,
    /** Says to whoever still listens why it is cut off. */
    private readonly tooSlow: string,
  ) {
    const each = Math.min(1_000, Math.min(patience.body, patience.write, patience.request) / 5);
    this.timer = setInterval(() => this.look(), each).unref();
  }

  /** One that listens, of those whose connections share the room. */
  guard(server: Server): Server {
    server.on('connection', (socket: Socket) => this.open(socket));
    server.maxConnections = this.room.sockets + 100;
    return server;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private open(socket: Socket): void {
    const address = socket.remoteAddress;
    const proxy = this.isProxy(address);
    const name = proxy ? 'proxies' : lineOf(address ?? '');
    const line = this.lines.get(name) ?? new Set();
    if (!proxy && line.size >= this.room.ofOneLine && !this.makeRoom(line)) return void socket.destroy();
    if (this.states.size >= this.room.sockets && !this.makeRoom(this.longest())) return void socket.destroy();
    const now = performance.now();
    const progress = { bytes: 0, at: now };
    const state: State = {
      socket,
      line,
      since: now,
      upload: false,
      behind: 0,
      received: progress,
      sent: { ...progress },
      queries: new Set(),
    };
    this.lines.set(name, line.add(state));
    this.states.set(socket, state);
    socket.once('close', () => {
      this.leave(state);
      if (!line.size && this.lines.get(name) === line) this.lines.delete(name);
      for (const call of state.queries) call.end();
    });
  }

  private leave(state: State): void {
    state.line.delete(state);
    this.states.delete(state.socket);
    this.bodies.delete(state);
  }

  private longest = (): Set<State> => [...this.lines.values()].reduce((a, b) => (b.size > a.size ? b : a));

  /** Whoever has no answer to wait for, or keeps us waiting. */
  private makeRoom(line: Set<State>): boolean {
    const now = performance.now();
    for (const state of line) {
      const { socket, request, response, sent } = state;
      const waits = request && response && request.complete && !response.writableFinished;
      if (waits && !(socket.writableLength > 0 && now - sent.at > STALLED_MS)) continue;
      this.leave(state);
      socket.destroy();
      return true;
    }
    return false;
  }

  /** A request has begun; false where it is none any more, for which nothing is to be done. */
  begin(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const state = this.states.get(socket);
    if (!state || socket.destroyed) return !socket.destroyed;
    state.behind = response.socket ? 0 : state.behind + 1;
    if (state.behind > PIPELINED) {
      socket.destroy();
      return false;
    }
    state.since = performance.now();
    state.request = request;
    state.response = response;
    state.upload = false;
    state.received = { bytes: socket.bytesRead, at: state.since };
    // who began last stands last
    state.line.delete(state);
    state.line.add(state);
    return true;
  }

  /** `upload`: a file, for which nobody waits as long as it moves; `most`: bytes that are read of another body. */
  expect(request: IncomingMessage, upload: boolean, most: number): void {
    const state = this.states.get(request.socket);
    if (!state) return;
    state.upload = upload;
    const bytes = bytesOf(request, most);
    if (upload || bytes <= PIECE) return;
    this.makeSpace(
      this.bodies,
      bytes,
      this.room.bodies,
      ({ request: r }) => r.complete,
      (s) => this.cut(s),
    );
    this.bodies.set(state, { request, bytes });
  }

  /** What is given is to be ended by its time, and earlier where it reads only and its client leaves. */
  watch(call: Call, socket: Socket, query: boolean): () => void {
    const queries = query ? this.states.get(socket)?.queries : undefined;
    this.calls.add(call);
    queries?.add(call);
    return () => {
      this.calls.delete(call);
      queries?.delete(call);
    };
  }

  /** Waits for what nobody waits for any more, such as the change of a client that has left; not for long. */
  async rest(): Promise<void> {
    for (const end = performance.now() + this.patience.closing; this.calls.size && performance.now() < end; )
      await delay(20);
    for (const call of this.calls) call.end();
  }

  /** A large answer in pieces, counted until it is read; a small one as it is. */
  answer(response: ServerResponse, payload: string | Buffer): Readable | undefined {
    if (payload.length <= LARGE) return undefined;
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const done = ({ socket }: { socket: Socket | null }, r: ServerResponse) =>
      r.writableFinished || !!socket?.destroyed;
    this.makeSpace(this.answers, bytes.length, this.room.answers, done, (r) => r.destroy());
    this.answers.set(response, { socket: response.socket, bytes: bytes.length });
    return Readable.from(pieces(bytes), { objectMode: false, highWaterMark: PIECE });
  }

  /** The oldest go where `bytes` more would be too many. */
  private makeSpace<K, V extends { bytes: number }>(
    kept: Map<K, V>,
    bytes: number,
    most: number,
    done: (value: V, key: K) => boolean,
    end: (key: K) => void,
  ): void {
    let sum = bytes;
    for (const [key, value] of kept) {
      if (done(value, key)) kept.delete(key);
      else sum += value.bytes;
    }
    for (const [key, value] of kept) {
      if (sum <= most) return;
      end(key);
      kept.delete(key);
      sum -= value.bytes;
    }
  }

  private look(): void {
    const now = performance.now();
    for (const call of this.calls) {
      if (now - call.began < this.patience.request) break;
      call.end();
    }
    for (const state of this.states.values()) {
      if (this.unread(state, now)) state.socket.destroy();
      else if (this.unsent(state, now)) this.cut(state);
      else if (state.request?.complete && state.response?.writableFinished) state.request = state.response = undefined;
    }
  }

  /** Whether its answer lies there and does not move. */
  private unread({ socket, sent }: State, now: number): boolean {
    const bytes = socket.bytesWritten - socket.writableLength;
    if (!socket.writableLength || bytes - sent.bytes >= PROGRESS) Object.assign(sent, { bytes, at: now });
    return now - sent.at > this.patience.write;
  }

  /** Whether its body should be here by now. */
  private unsent({ socket, request, response, upload, since, received }: State, now: number): boolean {
    if (!request || request.complete) return false;
    if (!upload || response?.writableEnded) return now - since > this.patience.body;
    const bytes = socket.bytesRead;
    // bytes that nobody has taken yet are not the sender's fault
    if (bytes - received.bytes >= PROGRESS || request.readableLength >= request.readableHighWaterMark)
      Object.assign(received, { bytes, at: now });
    return now - received.at > this.patience.body;
  }

  private cut({ socket, response }: State): void {
    if (response?.headersSent) return void socket.destroy();
    socket.end(this.tooSlow, () => socket.destroy());
  }
}

function bytesOf({ headers }: IncomingMessage, most: number): number {
  if (headers['transfer-encoding'] !== undefined) return most;
  return Math.min(Number(headers['content-length'] ?? 0), most);
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE) yield bytes.subarray(start, start + PIECE);
}
