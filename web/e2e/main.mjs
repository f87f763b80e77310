// What a reader does with the page, on evidence that somebody else made: tests/e2e/page_test.py. A line of JSON on stdin, {"do": NAME, …},
// is a scenario; the answer is a line {"told": …} or {"failed": …}. One browser serves them all, one after the other. Where SHOTS names
// a folder, what the reader saw last when a scenario failed is kept there.
import { createInterface } from 'node:readline';
import { launch } from './browser.mjs';
import * as charts from './charts.mjs';
import * as evidence from './evidence.mjs';
import * as hostile from './hostile.mjs';
import * as live from './live.mjs';
import * as looks from './looks.mjs';
import { held } from './memory.mjs';
import { speed } from './speed.mjs';

const scenarios = { ...charts, ...evidence, ...looks, ...live, ...hostile, speed, held };
const browser = await launch();
for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...given } = JSON.parse(line);
  let answer;
  try {
    if (!(name in scenarios)) throw new Error(`no such scenario: ${name}`);
    answer = { told: (await scenarios[name](browser, given)) ?? null };
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    for (const context of browser.contexts()) {
      if (process.env.SHOTS) await context.pages()[0]?.screenshot({ path: `${process.env.SHOTS}/${name}.png` }).catch(() => undefined);
      await context.close();
    }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
