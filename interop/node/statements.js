"use strict";
// What a witness says of its calls, one JSON line each (docs/formats/statements.md).

const fs = require("node:fs");
const os = require("node:os");
const { randomBytes } = require("node:crypto");
const { spawnSync } = require("node:child_process");

const { METHODS } = require("./call");

const PROCESS_BEGAN = process.hrtime.bigint();

/**
 * A file of statements of this process, or nothing at all without a file.
 *
 * A line is one write to a file opened for appending, done before the witness goes on: a killed process loses no earlier line.
 */
class Statements {
  constructor(file, witness, name, address, tls, times = {}) {
    this.process = randomBytes(8).toString("hex");
    this.calls = 0;
    this.lost = 0;
    this.descriptor = file === undefined ? undefined : openForAppend(file);
    this.torn = file !== undefined && endsTorn(file);
    const own = { name, process: this.process, host: os.hostname(), pid: process.pid, address };
    this.state("start", { format: "testigo-statements", version: "1.0", witness, ...own, ...times, tls, continues: false });
  }

  started(call) {
    this.calls += 1;
    this.state("started", { id: call.id, method: METHODS[call.kind], kind: call.kind });
  }

  received(call, peer) {
    this.calls += 1;
    this.state("received", { id: call.id, method: METHODS[call.kind], kind: call.kind, peer });
  }

  ended(call) {
    const { id, status, message, requests, replies, reply } = call;
    this.state("ended", { id, status, message, latency_ns: call.latency(), requests, replies, reply });
  }

  end() {
    this.state("end", { calls: this.calls });
  }

  state(what, members) {
    if (this.descriptor === undefined) return;
    if (this.lost && this.put("lost", { statements: this.lost })) this.lost = 0;
    if (this.lost || !this.put(what, members)) this.lost += 1;
  }

  put(type, members) {
    const line = JSON.stringify({ type, ...now(), ...members });
    const octets = Buffer.from(`${this.torn ? "\n" : ""}${line}\n`);
    try {
      this.torn = fs.writeSync(this.descriptor, octets) < octets.length;
    } catch {
      return false;
    }
    return !this.torn;
  }
}

function now() {
  const time = new Date().toISOString().replace("Z", "000000Z");
  return { time, monotonic_ns: Number(process.hrtime.bigint() - PROCESS_BEGAN) };
}

/** Node cannot lock a file; flock(1) locks what it inherits, and the lock stays as long as our descriptor. */
function openForAppend(file) {
  const descriptor = fs.openSync(file, "a", 0o600);
  const locked = spawnSync("flock", ["--nonblock", "3"], { stdio: ["ignore", "ignore", "ignore", descriptor] });
  if (locked.status !== 0) throw new Error(`another process writes to ${file}`);
  return descriptor;
}

/** Whether a process was killed in the middle of the file's last line. */
function endsTorn(file) {
  const octets = fs.readFileSync(file);
  return octets.length > 0 && octets[octets.length - 1] !== "\n".charCodeAt(0);
}

module.exports = { Statements };
