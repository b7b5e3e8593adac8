#!/usr/bin/env node
// Keeps an exact order book from Tidegate's stream in Protobuf, with `ws` and `protobufjs`.
//
//     npm install && node book.mjs --url ws://127.0.0.1:8090/v1/stream --symbol BTC-USD --for 10
//
// Fetches the schema from the gateway that it connects to. Asks for a checksum with every message and proves with it that
// its book is the gateway's, digit by digit. --drop cuts the connection once in the middle and resumes.
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';
import protobuf from 'protobufjs';
import WebSocket from 'ws';

const { values: opts } = parseArgs({
  options: {
    url: { type: 'string', default: 'ws://127.0.0.1:8090/v1/stream' },
    symbol: { type: 'string', default: 'BTC-USD' },
    window: { type: 'string', default: '100' },
    for: { type: 'string', default: '10' },
    drop: { type: 'boolean', default: false },
  },
});

const schema = await fetch(`${opts.url.replace(/^ws/, 'http')}.proto`);
const root = protobuf.parse(await schema.text()).root;
const Frame = root.lookupType('tidegate.v1.Frame');
const Request = root.lookupType('tidegate.v1.Request');
const Kind = root.lookupEnum('tidegate.v1.Kind').values;

/** A decimal as text with exactly the digits that were sent; numbers that JavaScript has would lose some. */
function decimal(mantissa, exponent) {
  const n = BigInt(mantissa.toString());
  const digits = (n < 0n ? -n : n).toString().padStart(1 - exponent, '0');
  const whole = digits.length + exponent;
  return (n < 0n ? '-' : '') + digits.slice(0, whole) + (exponent < 0 ? `.${digits.slice(whole)}` : '');
}

/** A number that compares: the text in units of 10^-20. */
function units(text) {
  const [whole, fraction = ''] = text.replace('-', '').split('.');
  const n = BigInt(whole + fraction.padEnd(20, '0'));
  return text.startsWith('-') ? -n : n;
}

class Book {
  bids = new Map();
  asks = new Map();
  epoch = null;
  seq = null;
  verified = 0;

  apply(message) {
    const seq = BigInt(message.seq.toString());
    const complete = message.book.part === message.book.parts;
    if (message.kind === Kind.KIND_SNAPSHOT) {
      // A large book comes in parts: the first replaces what there was, and with the last the book is whole.
      if (message.book.part <= 1) {
        this.bids.clear();
        this.asks.clear();
      }
      this.epoch = message.epoch;
    } else if (this.seq === null || seq <= this.seq) {
      return;
    } else if (BigInt(message.prevSeq.toString()) !== this.seq) {
      throw new Error(`gap: have ${this.seq}, message joins ${message.prevSeq} to ${message.seq}`);
    }
    this.#set(this.bids, message.book, message.book.bids);
    this.#set(this.asks, message.book, message.book.asks);
    this.seq = complete ? seq : null;
    if (!complete) {
      return;
    }
    if (this.checksum() !== message.checksum) {
      throw new Error(`checksum: the gateway says ${message.checksum}, the book has ${this.checksum()} at ${seq}`);
    }
    this.verified++;
  }

  #set(side, book, levels) {
    const has = (level, name) => Object.hasOwn(level, name) && level[name] !== null;
    for (const level of levels) {
      const priceExponent = has(level, 'priceExponent') ? level.priceExponent : book.priceExponent;
      const sizeExponent = has(level, 'sizeExponent') ? level.sizeExponent : book.sizeExponent;
      const price = level.priceText || decimal(level.price, priceExponent);
      if (level.sizeText === '' && level.size.toString() === '0') {
        side.delete(units(price));
      } else {
        side.set(units(price), [price, level.sizeText || decimal(level.size, sizeExponent)]);
      }
    }
  }

  top(side, count) {
    const outwards = side === this.bids ? -1 : 1;
    return [...side.entries()].sort(([a], [b]) => (a < b ? -outwards : outwards)).slice(0, count).map(([, level]) => level);
  }

  checksum() {
    const bids = this.top(this.bids, 10);
    const asks = this.top(this.asks, 10);
    const parts = [];
    for (let i = 0; i < 10; i++) {
      parts.push(...(bids[i] ?? []), ...(asks[i] ?? []));
    }
    return crc32(parts.join(':'));
  }
}

/** zlib has one from Node 22 on. */
function crc32(text) {
  if (zlib.crc32) {
    return zlib.crc32(text);
  }
  let crc = ~0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) {
      crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
    }
  }
  return ~crc >>> 0;
}

const book = new Book();
const end = Date.now() + Number(opts.for) * 1000;
let connections = 0;

function follow(until) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(opts.url, ['tidegate.v1.proto']);
    socket.binaryType = 'nodebuffer';
    const timer = setTimeout(() => socket.terminate(), until - Date.now());
    socket.on('open', () => {
      connections++;
      const channel = { channel: 'book', symbol: opts.symbol, window: Number(opts.window), checksum: true };
      if (book.seq !== null) {
        channel.since = { epoch: book.epoch, seq: book.seq.toString() };
      }
      const subscribe = Request.fromObject({ numberId: 1, subscribe: { channels: [channel] } });
      socket.send(Request.encode(subscribe).finish());
    });
    socket.on('message', (data, binary) => {
      try {
        if (!binary) {
          throw new Error('a text frame, in spite of the sub-protocol');
        }
        const frame = Frame.decode(data);
        if (frame.error) {
          throw new Error(`${frame.error.code}: ${frame.error.detail}`);
        }
        if (frame.subscribed) {
          console.error(`subscribed, recovered: ${frame.subscribed.channels[0].recovered}`);
        }
        frame.messages.forEach((message) => book.apply(message));
      } catch (failure) {
        clearTimeout(timer);
        socket.terminate();
        reject(failure);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

if (opts.drop) {
  await follow(Date.now() + (end - Date.now()) / 2);
}
await follow(end);
const best = (side) => book.top(side, 1)[0]?.[0] ?? 'none';
console.log(
  `${opts.symbol}: ${book.verified} messages over ${connections} connections, every checksum right, ` +
    `${book.bids.size} bids, ${book.asks.size} asks, best ${best(book.bids)} / ${best(book.asks)}`,
);
process.exit(book.verified > 0 ? 0 : 1);
