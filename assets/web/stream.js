// The connection: what the server sends, unpacked, and what it is asked. See docs/web.md.

const NEXT = 1, KEY = 2;
const WIDTH = 160, HEIGHT = 210, SAMPLES = 512;
const NO_LIMIT = 0xffffffff;

export const ASK = { INPUT: 1, WATCH: 2, START: 3, PAUSE: 4, LEAVE: 5, SIGN: 6, BOARD: 7, FOLLOW: 8 };

// Unpacks the records of one deflate stream after another.
export class Unpacker {
  constructor(onFrame) {
    this.onFrame = onFrame;
    this.palette = new Uint32Array(256).fill(0xff000000);
    this.run = 0; // counts the streams: what a former one still holds is of no use
    this.writer = null;
  }

  push(message) {
    const kind = message[0];
    if (kind === KEY) this.begin();
    else if (kind !== NEXT || !this.writer) return;
    this.writer.write(message.subarray(1)).catch(() => {});
  }

  // Forgets all; the next key begins anew.
  stop() {
    this.run += 1;
    if (this.writer) this.writer.abort().catch(() => {});
    this.writer = null;
  }

  begin() {
    this.stop();
    const inflate = new DecompressionStream("deflate-raw");
    this.writer = inflate.writable.getWriter();
    this.screens = [new Uint8Array(WIDTH * HEIGHT), new Uint8Array(WIDTH * HEIGHT)];
    this.read(inflate.readable.getReader(), this.run).catch(() => {});
  }

  async read(reader, run) {
    let kept = new Uint8Array(0);
    for (;;) {
      const { value, done } = await reader.read();
      if (done || run !== this.run) return;
      kept = kept.length ? joined(kept, value) : value;
      let at = 0;
      while (kept.length - at >= 4) {
        const size = new DataView(kept.buffer, kept.byteOffset + at, 4).getUint32(0, true);
        if (kept.length - at - 4 < size) break;
        this.onFrame(this.record(new Cursor(kept.subarray(at + 4, at + 4 + size))));
        at += 4 + size;
      }
      kept = kept.slice(at);
    }
  }

  record(from) {
    const frame = {
      number: from.u32(), heard: from.u16(), phase: from.u8(), countdown: from.u8(), left: from.u32(),
    };
    if (frame.left === NO_LIMIT) frame.left = null;
    for (let colours = from.u8(); colours > 0; colours -= 1) {
      const [number, red, green, blue] = from.bytes(4);
      this.palette[number] = 0xff000000 | (blue << 16) | (green << 8) | red;
    }
    frame.audio = from.bytes(SAMPLES).slice();
    frame.seats = Array.from({ length: from.u8() }, (_, number) => this.seat(from, number));
    return frame;
  }

  seat(from, number) {
    const seat = { score: from.u32(), lives: from.u8(), state: from.u8(), action: from.u8() };
    const lines = from.bytes(from.u8()).slice();
    const screen = this.screens[number];
    for (const line of lines) {
      const changes = from.bytes(WIDTH);
      for (let x = 0, at = line * WIDTH; x < WIDTH; x += 1, at += 1) screen[at] ^= changes[x];
    }
    // A copy, since it may be drawn after the next one has come.
    seat.screen = screen.slice();
    seat.lines = lines;
    const what = from.u8();
    if (what & 1) {
      const numbers = Array.from({ length: 8 }, () => from.f32());
      const value = numbers[6], q = numbers.slice(0, 6);
      seat.thought = { q, value, discount: numbers[7], advantage: q.map((one) => one - value) };
    }
    if (what & 2) {
      const age = from.u16(), rows = from.u8(), columns = from.u8();
      const tops = [from.f32(), from.f32()];
      seat.gaze = { age, rows, columns, tops, maps: tops.map(() => from.bytes(rows * columns).slice()) };
    }
    return seat;
  }
}

class Cursor {
  constructor(bytes) {
    this.all = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }
  u8() { return this.view.getUint8(this.at++); }
  u16() { this.at += 2; return this.view.getUint16(this.at - 2, true); }
  u32() { this.at += 4; return this.view.getUint32(this.at - 4, true); }
  f32() { this.at += 4; return this.view.getFloat32(this.at - 4, true); }
  bytes(count) { this.at += count; return this.all.subarray(this.at - count, this.at); }
}

function joined(first, second) {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

// Keeps a connection, and opens it again when it is lost.
export class Connection {
  constructor({ onFrame, onNews, onOpen, onLost }) {
    this.calls = { onNews, onOpen, onLost };
    this.unpacker = new Unpacker(onFrame);
    this.received = 0; // bytes, for measurements
    this.wait = 500;
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/live`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { this.wait = 500; this.calls.onOpen(); };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.calls.onNews(JSON.parse(data));
      else { this.received += data.byteLength; this.unpacker.push(new Uint8Array(data)); }
    };
    socket.onclose = () => {
      this.unpacker.stop();
      this.calls.onLost();
      setTimeout(() => this.open(), this.wait);
      this.wait = Math.min(8000, this.wait * 2);
    };
    this.socket = socket;
  }

  ask(kind, ...bytes) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(Uint8Array.of(kind, ...bytes));
  }

  // Frames of the match before are of no use to the next.
  forget() { this.unpacker.stop(); }
}
