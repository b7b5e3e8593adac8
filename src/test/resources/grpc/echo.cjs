// The service test.Echo, and a caller of it that says what is wrong, by grpc-js.
//
// echo.cjs serve        listens on a free port of 127.0.0.1 and prints it
// echo.cjs call ADDRESS calls each method and ends with 0 when all is as it should be
const grpc = require('@grpc/grpc-js');

const LARGE = 3000000;
const bytes = (text) => Buffer.from(text, 'latin1');
const same = (value) => value;
const method = (name, requestStream, responseStream) => ({
  path: `/test.Echo/${name}`,
  requestStream,
  responseStream,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});
const SERVICE = {
  Unary: method('Unary', false, false),
  Gather: method('Gather', true, false),
  Scatter: method('Scatter', false, true),
  Chat: method('Chat', true, true),
  Fail: method('Fail', false, false),
  Slow: method('Slow', false, false),
  Gone: method('Gone', false, false),
};
const OPTIONS = {'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1};

function serve() {
  let cancelled = () => {};
  const gone = new Promise((resolve) => (cancelled = resolve));
  const server = new grpc.Server(OPTIONS);
  server.addService(SERVICE, {
    Unary(call, answer) {
      const head = new grpc.Metadata();
      head.set('x-echo', call.metadata.get('x-ask')[0] || '');
      call.sendMetadata(head);
      const last = new grpc.Metadata();
      last.set('x-trailing', 'bye');
      last.set('x-raw-bin', Buffer.from([0, 255, 1]));
      answer(null, call.request, last);
    },
    Gather(call, answer) {
      const parts = [];
      call.on('data', (part) => parts.push(part.toString('latin1')));
      call.on('end', () => answer(null, bytes(parts.join(','))));
    },
    Scatter(call) {
      const count = Number(call.request.toString());
      for (let i = 0; i < count; i++) call.write(bytes(`${i}`));
      call.end();
    },
    Chat(call) {
      call.on('data', (said) => call.write(Buffer.concat([bytes('re:'), said])));
      call.on('end', () => call.end());
    },
    Fail(call, answer) {
      const last = new grpc.Metadata();
      last.set('x-why', 'because');
      answer({code: grpc.status.NOT_FOUND, details: 'nothing: \u00e4%', metadata: last});
    },
    Slow(call) {
      call.on('cancelled', cancelled);
    },
    Gone(call, answer) {
      gone.then(() => answer(null, bytes('yes')));
    },
  });
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (e, port) => {
    if (e) throw e;
    console.log(port);
  });
}

function check(what, so) {
  if (!so) {
    console.log(`wrong: ${what}`);
    process.exit(1);
  }
}

async function call(address) {
  const Client = grpc.makeGenericClientConstructor(SERVICE, 'test.Echo');
  const client = new Client(address, grpc.credentials.createInsecure(), OPTIONS);
  const within = (millis) => ({deadline: Date.now() + millis});
  const unary = (name, request, millis = 15000, metadata = new grpc.Metadata()) =>
    new Promise((resolve) => {
      const seen = {};
      const done = (error, answer) => Object.assign(seen, {error, answer});
      const asked = client[name](request, metadata, within(millis), done);
      asked.on('metadata', (head) => (seen.head = head));
      asked.on('status', (status) => setImmediate(() => resolve({...seen, status})));
    });
  const heard = (stream, each = () => {}) =>
    new Promise((resolve, reject) => {
      const all = [];
      stream.on('data', (message) => {
        all.push(message.toString('latin1'));
        each(all.length);
      });
      stream.on('end', () => resolve(all));
      stream.on('error', reject);
    });

  const metadata = new grpc.Metadata();
  metadata.set('x-ask', 'who');
  const first = await unary('Unary', bytes('hello'), 15000, metadata);
  check('unary', !first.error && first.answer.toString() === 'hello');
  check('initial metadata', first.head.get('x-echo')[0] === 'who');
  check('trailing metadata', first.status.metadata.get('x-trailing')[0] === 'bye');
  check('binary metadata', first.status.metadata.get('x-raw-bin')[0].equals(Buffer.from([0, 255, 1])));
  check('empty', (await unary('Unary', bytes(''))).answer.length === 0);
  const large = Buffer.alloc(LARGE, 'abcdefg');
  check('large', (await unary('Unary', large)).answer.equals(large));

  const gathered = await new Promise((resolve) => {
    const asked = client.Gather(new grpc.Metadata(), within(15000), (e, answer) => resolve(answer));
    ['a', 'b', 'c'].forEach((part) => asked.write(bytes(part)));
    asked.end();
  });
  check('client stream', gathered && gathered.toString() === 'a,b,c');
  const many = await heard(client.Scatter(bytes('1000'), new grpc.Metadata(), within(15000)));
  check('server stream', many.length === 1000 && many.every((message, i) => message === `${i}`));
  check('no messages', (await heard(client.Scatter(bytes('0'), new grpc.Metadata(), within(15000)))).length === 0);
  // Each message only after the answer to the last: both directions are open at once.
  const chat = client.Chat(new grpc.Metadata(), within(15000));
  chat.write(bytes('0'));
  const said = await heard(chat, (n) => (n < 20 ? chat.write(bytes(`${n}`)) : chat.end()));
  check('both streams', said.length === 20 && said.every((message, i) => message === `re:${i}`));

  const failed = await unary('Fail', bytes(''));
  check('status', failed.error.code === grpc.status.NOT_FOUND && failed.error.details === 'nothing: \u00e4%');
  check('metadata of a failure', failed.error.metadata.get('x-why')[0] === 'because');
  const slow = await unary('Slow', bytes(''), 500);
  check('deadline', slow.error.code === grpc.status.DEADLINE_EXCEEDED);
  check('the server hears of it', (await unary('Gone', bytes(''))).answer.toString() === 'yes');
  process.exit(0);
}

if (process.argv[2] === 'serve') serve();
else call(process.argv[3]);
