"use strict";
// The greeter on grpc-js, and a witness: it states what it received before it answers, and what became of it.

const fs = require("node:fs");
const { once } = require("node:events");
const grpc = require("@grpc/grpc-js");

const { Call, ID, ID_KEY, NAME } = require("./call");
const { Statements } = require("./statements");
const { giveUp, greeter, parse } = require("./options");

const DEFAULTS = { listen: "127.0.0.1:50051", name: "server", statements: undefined, "tls-cert": undefined, "tls-key": undefined };
const REPLIES = 3; // where the request of a server stream does not say
const GRACE_MS = 3000; // what calls in flight have when it ends

class Greeter {
  constructor(name, statements) {
    this.name = name;
    this.statements = statements;
  }

  handlers() {
    return {
      Greet: (rpc, answer) => this.greet(rpc, answer),
      GreetMany: (rpc) => this.greetMany(rpc),
      GreetAll: (rpc, answer) => this.greetAll(rpc, answer),
      Converse: (rpc) => this.converse(rpc),
    };
  }

  greet(rpc, answer) {
    const served = this.receive(rpc, "unary");
    const fault = served.take(rpc.request);
    if (fault) return answer(served.ended(fault));
    const reply = this.reply(served, rpc.request, 1);
    served.ended();
    return answer(null, reply);
  }

  async greetMany(rpc) {
    const served = this.receive(rpc, "server-stream");
    const fault = served.take(rpc.request);
    if (fault) return rpc.destroy(served.ended(fault));
    const replies = rpc.request.replies || REPLIES;
    for (let sequence = 1; sequence <= replies && !rpc.cancelled; sequence += 1) {
      if (!rpc.write(this.reply(served, rpc.request, sequence))) await Promise.race([once(rpc, "drain"), once(rpc, "cancelled")]);
    }
    served.ended();
    return rpc.end();
  }

  greetAll(rpc, answer) {
    const served = this.receive(rpc, "client-stream");
    let last;
    let fault;
    rpc.on("data", (request) => {
      fault ??= served.take(request);
      last = request;
    });
    rpc.on("end", () => {
      fault ??= last ? undefined : refusal("no request came");
      if (fault) return answer(served.ended(fault));
      const reply = this.reply(served, last, served.call.requests);
      served.ended();
      return answer(null, reply);
    });
  }

  converse(rpc) {
    const served = this.receive(rpc, "bidi");
    rpc.on("data", (request) => {
      const fault = served.take(request);
      if (fault) rpc.destroy(served.ended(fault));
      else rpc.write(this.reply(served, request, served.call.requests));
    });
    rpc.on("end", () => {
      served.ended();
      rpc.end();
    });
  }

  receive(rpc, kind) {
    const served = new Served(rpc, kind, this.statements);
    rpc.on("error", () => {});
    return served;
  }

  reply(served, request, sequence) {
    const { client, call, payload } = request;
    const milliseconds = Date.now();
    const received = { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1e6 };
    const message = `Success: ${this.name} greets ${client} and answers its call ${call}`;
    const reply = { message, client, call, server: this.name, received, sequence, payload };
    served.call.replied(reply);
    return reply;
  }
}

/** States a call as received, and once as ended: in the handler's words, or as cancelled. Without an id nothing is stated. */
class Served {
  constructor(rpc, kind, statements) {
    const ids = rpc.metadata.get(ID_KEY);
    this.stated = ids.length === 1 && ID.test(ids[0]);
    this.call = new Call(this.stated ? ids[0] : "nobody/0/1", kind);
    this.statements = statements;
    if (this.stated) statements.received(this.call, rpc.getPeer());
    rpc.on("cancelled", () => this.close());
  }

  /** The fault that is to be refused. */
  take(request) {
    this.call.requests += 1;
    return NAME.test(request.client) ? undefined : refusal("the client's name must be 1 to 64 letters, digits, '.', '_' or '-'");
  }

  ended(fault) {
    if (!this.closed) this.call.ends(fault ? fault.code : grpc.status.OK, fault ? fault.details : "");
    this.close();
    return fault;
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    if (this.stated) this.statements.ended(this.call);
    console.log(String(this.call));
  }
}

function refusal(details) {
  return Object.assign(new Error(details), { code: grpc.status.INVALID_ARGUMENT, details });
}

function identity(options) {
  if (options["tls-cert"] === undefined) return grpc.ServerCredentials.createInsecure();
  const pair = { cert_chain: fs.readFileSync(options["tls-cert"]), private_key: fs.readFileSync(options["tls-key"]) };
  return grpc.ServerCredentials.createSsl(null, [pair]);
}

function main() {
  const options = parse("greeter server", DEFAULTS);
  if ((options["tls-cert"] === undefined) !== (options["tls-key"] === undefined)) giveUp("--tls-cert and --tls-key go together", 2);
  const server = new grpc.Server();
  server.bindAsync(options.listen, identity(options), (error, port) => {
    if (error) giveUp(error.message);
    const address = options.listen.replace(/\d+$/, port);
    const statements = new Statements(options.statements, "server", options.name, address, options["tls-cert"] !== undefined);
    server.addService(greeter().service, new Greeter(options.name, statements).handlers());
    console.log(`listening on ${address}`);
    for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => end(server, statements));
  });
}

function end(server, statements) {
  setTimeout(() => server.forceShutdown(), GRACE_MS).unref();
  server.tryShutdown(() => {
    statements.end();
    process.exit(0);
  });
}

try {
  main();
} catch (error) {
  giveUp(error.message);
}
