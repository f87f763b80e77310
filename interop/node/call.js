"use strict";
// One call, as its witness saw it.

const ID_KEY = "testigo-id";
const METHODS = {
  unary: "/testigo.greeter.v1.Greeter/Greet",
  "server-stream": "/testigo.greeter.v1.Greeter/GreetMany",
  "client-stream": "/testigo.greeter.v1.Greeter/GreetAll",
  bidi: "/testigo.greeter.v1.Greeter/Converse",
};
const CANCELLED = 1;
const TEXT_MAX = 1024; // characters of a peer's text

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const ID = /^[A-Za-z0-9._-]{1,64}\/[A-Za-z0-9._-]{1,64}\/[1-9][0-9]{0,19}$/;

/** It counts as cancelled until it is known to have ended otherwise. */
class Call {
  constructor(id, kind) {
    Object.assign(this, { id, kind, requests: 0, replies: 0, reply: undefined });
    this.began = process.hrtime.bigint();
    this.ends(CANCELLED, "cancelled before it was answered");
  }

  ends(status, message = "") {
    this.status = status;
    this.message = message.slice(0, TEXT_MAX);
  }

  /** Keeps the first reply that names another client or call than the id, else the last. */
  replied(reply) {
    this.replies += 1;
    if (!this.misnamed()) {
      this.reply = { client: reply.client.slice(0, TEXT_MAX), call: Number(reply.call), server: reply.server.slice(0, TEXT_MAX) };
    }
  }

  misnamed() {
    const [client, , number] = this.id.split("/");
    return this.reply !== undefined && (this.reply.client !== client || String(this.reply.call) !== number);
  }

  latency() {
    return Number(process.hrtime.bigint() - this.began);
  }

  toString() {
    const said = this.message || (this.reply ? JSON.stringify(this.reply) : "");
    return `${this.id}  ${this.kind}  ${this.status}  ${(this.latency() / 1e6).toFixed(3)} ms  ${said}`;
  }
}

module.exports = { Call, ID, ID_KEY, METHODS, NAME };
