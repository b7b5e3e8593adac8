// What Node's HTTP/2 and fetch clients want of a server: clients.mjs CLEAR_URL TLS_URL. Prints what failed, and how much was tried.
import http2 from "node:http2";
import { randomBytes } from "node:crypto";

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
process.removeAllListeners("warning");
process.on("warning", () => {});
const [clear, tls] = process.argv.slice(2);
let tried = 0;
let failed = 0;

async function check(name, run) {
  tried++;
  let timer;
  try {
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("no end within 30 s")), 30_000); });
    await Promise.race([run(), late]);
  } catch (e) {
    failed++;
    console.log(`FAILED ${name}: ${e.message}`);
  } finally {
    clearTimeout(timer);
  }
}

function expect(is, wanted, what) {
  if (is !== wanted) throw new Error(`${what}: ${is} (expected: ${wanted})`);
}

function ask(session, headers, body, act) {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: body === undefined });
    const parts = [];
    let status;
    let trailers;
    stream.on("response", (h) => { status = h[":status"]; });
    stream.on("trailers", (t) => { trailers = t; });
    stream.on("data", (part) => parts.push(part));
    stream.on("error", reject);
    stream.on("close", () => resolve({ status, trailers, body: Buffer.concat(parts) }));
    if (body !== undefined) stream.end(body);
    act?.(stream);
  });
}

async function withSession(url, options, run) {
  const session = http2.connect(url, options);
  session.on("error", () => {});
  try {
    await run(session);
  } finally {
    session.close();
  }
}

for (const [name, url] of [["clear", clear], ["tls", tls]]) {
  await check(`${name}: 200 streams at once`, () => withSession(url, {}, async (session) => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(session, { ":path": "/fixed" })));
    for (const answer of answers) expect(answer.status, 200, "status");
  }));
  for (const size of [0, 1, 16_384, 65_535, 65_536, 1_000_000, 8_000_000]) {
    await check(`${name}: ${size} bytes there and back`, () => withSession(url, {}, async (session) => {
      const body = randomBytes(size);
      const answer = await ask(session, { ":path": "/echo", ":method": "POST" }, body);
      expect(answer.status, 200, "status");
      expect(answer.body.equals(body), true, "the same body");
    }));
  }
  await check(`${name}: small windows`, () => withSession(url, { settings: { initialWindowSize: 100 } }, async (session) => {
    const body = randomBytes(100_000);
    const answer = await ask(session, { ":path": "/echo", ":method": "POST" }, body);
    expect(answer.body.equals(body), true, "the same body");
  }));
  await check(`${name}: given up midway, others go on`, () => withSession(url, {}, async (session) => {
    const given = Array.from({ length: 50 }, () =>
      ask(session, { ":path": "/echo", ":method": "POST" }, undefined, (stream) => stream.close(http2.constants.NGHTTP2_CANCEL)).catch(() => {}));
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(session, { ":path": "/fixed" })));
    for (const answer of answers) expect(answer.status, 200, "status");
    await Promise.all(given);
  }));
  await check(`${name}: ping`, () => withSession(url, {}, (session) => new Promise((resolve, reject) => {
    session.on("connect", () => session.ping((e) => (e ? reject(e) : resolve())));
  })));
  await check(`${name}: a head of 7 000 bytes, one of 100 000`, () => withSession(url, {}, async (session) => {
    expect((await ask(session, { ":path": "/fixed", "x-a": "a".repeat(7_000) })).status, 200, "status");
    let status = 431;
    try {
      status = (await ask(session, { ":path": "/fixed", "x-a": "a".repeat(60_000) })).status ?? 431;
    } catch {
      // reset is as good
    }
    expect(status, 431, "status");
  }));
  await check(`${name}: HEAD, 404, 405`, () => withSession(url, {}, async (session) => {
    expect((await ask(session, { ":path": "/fixed", ":method": "HEAD" })).body.length, 0, "body of HEAD");
    expect((await ask(session, { ":path": "/nowhere" })).status, 404, "status");
  }));
  await check(`${name}: fetch, HTTP/1.1`, async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(url + "/echo", { method: "POST", body: "x".repeat(50_000) })));
    for (const answer of answers) expect((await answer.text()).length, 50_000, "length");
  });
}
console.log(`${tried} tried, ${failed} failed`);
process.exit(failed ? 1 : 0);
