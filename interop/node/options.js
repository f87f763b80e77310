"use strict";
// The options of both programs, and the service of greeter.proto.

const path = require("node:path");
const { parseArgs } = require("node:util");
const grpc = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");

const { NAME } = require("./call");

/** Ends the program: 2 for wrong usage, 4 where the environment fails. */
function giveUp(why, code = 4) {
  console.error(`greeter: ${why}`);
  process.exit(code);
}

/** Values of `defaults`, each replaced by the option of its name where it was given; a default of false is a flag. */
function parse(usage, defaults) {
  const known = { help: { type: "boolean" } };
  for (const [name, value] of Object.entries(defaults)) known[name] = { type: value === false ? "boolean" : "string" };
  let values;
  try {
    ({ values } = parseArgs({ options: known }));
  } catch (error) {
    giveUp(error.message, 2);
  }
  if (values.help) {
    console.log(`Usage: ${usage} [OPTIONS]\n\nOptions, and what they are when not given:`);
    for (const [name, value] of Object.entries(defaults)) console.log(`  --${name} ${value ?? ""}`);
    process.exit(0);
  }
  const options = { ...defaults, ...values };
  if (!NAME.test(options.name)) giveUp("a name is 1 to 64 letters, digits, '.', '_' or '-'", 2);
  return options;
}

/** Milliseconds of 250us, 250ms, 10s, 5m. */
function duration(text) {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text);
  const milliseconds = match ? Number(match[1]) * { us: 0.001, ms: 1, s: 1000, m: 60000, h: 3600000 }[match[2]] : 0;
  if (milliseconds <= 0) giveUp(`${text}: a duration above zero, such as 250ms, 10s or 5m`, 2);
  return milliseconds;
}

function whole(text) {
  if (!/^\d{1,15}$/.test(text)) giveUp(`${text}: a whole number from 0`, 2);
  return Number(text);
}

function greeter() {
  const includeDirs = [path.join(__dirname, "../../proto")];
  const definition = loadSync("testigo/greeter/v1/greeter.proto", { includeDirs, keepCase: true, longs: Number, defaults: true });
  return grpc.loadPackageDefinition(definition).testigo.greeter.v1.Greeter;
}

module.exports = { duration, giveUp, greeter, parse, whole };
