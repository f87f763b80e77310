"use strict";
// The periodic client on grpc-js, and a witness: call n starts at n × period, whatever earlier calls do; calls fail fast.

const fs = require("node:fs");
const grpc = require("@grpc/grpc-js");

const { Call, ID_KEY, METHODS } = require("./call");
const { Statements } = require("./statements");
const { duration, giveUp, greeter, parse, whole } = require("./options");

const DEFAULTS = {
  target: "127.0.0.1:50051", name: "client1", every: "1s", count: undefined, for: undefined, kind: "unary", deadline: "5s",
  "payload-bytes": "0", messages: "3", statements: undefined, "tls-ca": undefined, gzip: false,
};
const CHANNEL = {
  "grpc.enable_http_proxy": 0, // the peer is the one that was named
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2000,
};

class Client {
  constructor(options) {
    const trust = options["tls-ca"] === undefined ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(fs.readFileSync(options["tls-ca"]));
    const channel = options.gzip ? { ...CHANNEL, "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip } : CHANNEL;
    const times = { period_ns: Math.round(options.every * 1e6), deadline_ns: Math.round(options.deadline * 1e6) };
    this.options = options;
    this.stub = new (greeter())(options.target, trust, channel);
    this.statements = new Statements(options.statements, "client", options.name, options.target, options["tls-ca"] !== undefined, times);
    this.failed = 0;
    this.askedToEnd = new Promise((resolve) => ["SIGTERM", "SIGINT"].forEach((signal) => process.on(signal, () => resolve(true))));
  }

  /** How many calls failed, or got a reply that names another. */
  async run() {
    const { every, count, length } = this.options;
    const begin = performance.now();
    const calls = new Set();
    for (let before = 0; before !== count && !(before * every >= length); before += 1) {
      const late = performance.now() - begin - before * every;
      if (late < 0 && (await Promise.race([this.askedToEnd, sleep(-late)]))) break;
      if (late >= 0 && before % 16 === 0 && (await Promise.race([this.askedToEnd, new Promise((resolve) => setImmediate(resolve))]))) break;
      const call = this.call(before + 1).finally(() => calls.delete(call));
      calls.add(call);
    }
    await Promise.all(calls);
    this.statements.end();
    this.stub.close();
    return this.failed;
  }

  async call(number) {
    const { name, kind, messages, deadline } = this.options;
    const call = new Call(`${name}/${this.statements.process}/${number}`, kind);
    const request = { client: name, call: number, payload: Buffer.alloc(this.options["payload-bytes"], "x") };
    const metadata = new grpc.Metadata();
    metadata.set(ID_KEY, call.id);
    this.statements.started(call);
    const { code, details } = await EXCHANGES[kind](this.stub, call, request, messages, metadata, { deadline: Date.now() + deadline });
    call.ends(code, code === grpc.status.OK ? "" : details);
    this.statements.ended(call);
    this.failed += call.status !== 0 || call.misnamed() ? 1 : 0;
    console.log(String(call));
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, false));
}

// The four kinds; each gives the status.

const EXCHANGES = {
  unary(stub, call, request, _, metadata, options) {
    call.requests = 1;
    return single(call, (answered) => stub.Greet(request, metadata, options, answered));
  },

  "server-stream"(stub, call, request, messages, metadata, options) {
    call.requests = 1;
    const stream = stub.GreetMany({ ...request, replies: messages }, metadata, options);
    return drained(stream, (reply) => call.replied(reply));
  },

  "client-stream"(stub, call, request, messages, metadata, options) {
    return single(call, (answered) => {
      const stream = stub.GreetAll(metadata, options, answered);
      for (; call.requests < messages; call.requests += 1) stream.write(request);
      stream.end();
    });
  },

  bidi(stub, call, request, messages, metadata, options) {
    const stream = stub.Converse(metadata, options);
    const next = () => {
      if (call.requests >= messages) return stream.end();
      call.requests += 1;
      return stream.write(request);
    };
    next();
    return drained(stream, (reply) => {
      call.replied(reply);
      next();
    });
  },
};

function single(call, begin) {
  return new Promise((resolve) => {
    begin((error, reply) => {
      if (!error) call.replied(reply);
      resolve(error ?? { code: grpc.status.OK, details: "" });
    });
  });
}

/** A status may come before the last replies were read. */
function drained(stream, take) {
  stream.on("data", take);
  stream.on("error", () => {}); // the status says it, too
  const read = new Promise((resolve) => stream.on("end", resolve));
  return new Promise((resolve) => {
    stream.on("status", (status) => (status.code === grpc.status.OK ? read.then(() => resolve(status)) : resolve(status)));
  });
}

async function main() {
  const options = parse("greeter client", DEFAULTS);
  if (!METHODS[options.kind]) giveUp(`--kind is one of ${Object.keys(METHODS).join(", ")}`, 2);
  options.length = options.for === undefined ? NaN : duration(options.for);
  for (const name of ["every", "deadline"]) options[name] = duration(options[name]);
  for (const name of ["payload-bytes", "messages"]) options[name] = whole(options[name]);
  options.count = options.count === undefined ? NaN : whole(options.count);
  process.exit((await new Client(options).run()) ? 1 : 0);
}

main().catch((error) => giveUp(error.message));
