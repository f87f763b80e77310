// Looks at the filled samples as a reader does: screenshots, errors, requests, time to the first view, frames while zooming.
// node dev/look.mjs [FOLDER] [NAME…]; needs a Chromium (CHROMIUM, else /usr/bin/chromium).
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { frames, kScroll, kZoom } from '../e2e/frames.mjs';

const [folder = 'dev/out/shots', ...wanted] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});
let bad = 0;

async function open(name, { width, height = 900, dark = false, hash = '', reduced = true }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: reduced ? 'reduce' : 'no-preference', deviceScaleFactor: 1 });
  const page = await context.newPage();
  const file = `file://${resolve(`dev/out/sample-${name}.html`)}`;
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && (bad++, console.log(`${name}: console: ${message.text()}`)));
  page.on('pageerror', (error) => (bad++, console.log(`${name}: error: ${error.message}`)));
  page.on('request', (request) => !request.url().startsWith(file) && !request.url().startsWith('data:') && (bad++, console.log(`${name}: request: ${request.url()}`)));
  page.on('dialog', (dialog) => (bad++, console.log(`${name}: a dialog: ${dialog.message()}`), dialog.dismiss()));
  await page.goto(file + hash);
  await page.waitForSelector('h1');
  return { page, context };
}

// All that is lazy is made first.
async function whole(page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height + 2000; y += 500) {
    await page.evaluate((to) => window.scrollTo({ top: to, behavior: 'instant' }), y);
    await page.waitForTimeout(40);
  }
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
  await page.waitForTimeout(500);
}

async function wide(page, name, width) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) bad++, console.log(`${name}: ${over} px too wide at ${width}`);
}

const views = [
  ['proven', 1440, false], ['broken', 1440, false], ['broken', 1440, true], ['broken', 768, false], ['broken', 390, false], ['broken', 390, true],
  ['broken', 360, false], ['crowd', 1440, true], ['crowd', 768, true], ['inconclusive', 1440, false], ['inconclusive', 390, true], ['hostile', 1440, false], ['hostile', 390, false], ['cut-short', 1440, false], ['cut-short', 390, true], ['empty', 768, false], ['100000', 1440, true],
];
for (const [name, width, dark] of views) {
  if (wanted.length && !wanted.includes(name)) continue;
  const { page, context } = await open(name, { width, dark });
  await whole(page);
  await wide(page, name, width);
  await page.screenshot({ path: `${folder}/${name}-${width}${dark ? '-dark' : ''}.png`, fullPage: true });
  // A call with its frames: the first finding's or exhibit's.
  if (name === 'broken' || name === 'hostile') {
    await page.locator('#claims .claim').nth(2).click();
    await page.locator('#claims .exhibits .link').first().click();
    await page.waitForSelector('dialog .sequence .arrow');
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${folder}/${name}-${width}${dark ? '-dark' : ''}-call.png` });
    await page.locator('dialog .arrow').nth(0).click();
    await page.locator('dialog .arrow').nth(3).click();
    await page.locator('dialog .details').last().scrollIntoViewIfNeeded();
    await page.waitForTimeout(200);
    await page.screenshot({ path: `${folder}/${name}-${width}${dark ? '-dark' : ''}-frame.png` });
    await page.locator('dialog .details').first().scrollIntoViewIfNeeded();
    await page.locator('dialog .details').first().locator('.parts button').nth(6).hover();
    await page.waitForTimeout(200);
    await page.screenshot({ path: `${folder}/${name}-${width}${dark ? '-dark' : ''}-octets.png` });
  }
  await context.close();
}

// What a reader does by keyboard, and what the hash keeps.
const must = (yes, what) => yes || (bad++, console.log(`keys: ${what}`));
if (!wanted.length || wanted.includes('keys')) {
  const { page, context } = await open('broken', { width: 1200 });
  const settled = () => page.waitForTimeout(400);
  await page.locator('#timeline').scrollIntoViewIfNeeded();
  await page.locator('#timeline canvas').first().focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await settled();
  must(/view=/.test(page.url()), 'zooming is not in the hash');
  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await settled();
  must(await page.locator('dialog[open] h2').evaluate((h) => h === document.activeElement), 'the call does not take the focus');
  must(/call=client/.test(page.url()), 'the call is not in the hash');
  const call = await page.locator('dialog .title .mono').last().textContent();
  const url = page.url();
  await page.keyboard.press('Escape');
  await settled();
  must((await page.locator('dialog[open]').count()) === 0, 'Escape does not close the call');
  must(await page.evaluate(() => document.activeElement?.tagName === 'CANVAS'), 'the focus does not come back');
  await page.keyboard.press('0');
  await settled();
  must(!/view=/.test(page.url()), '0 does not show all');
  await page.goto('about:blank');
  await page.goto(url);
  await page.waitForSelector('dialog[open] h2');
  must((await page.locator('dialog .title .mono').last().textContent()) === call, 'a link does not open the call');
  await page.keyboard.press('Escape');
  await page.locator('#calls').scrollIntoViewIfNeeded();
  await page.locator('#calls .box').focus();
  await page.keyboard.press('End');
  await settled();
  must((await page.locator('#calls .row.active').getAttribute('aria-rowindex')) === '2001', 'End does not reach the last row');
  await page.keyboard.press('Enter');
  await settled();
  must((await page.locator('dialog[open]').count()) === 1, 'Enter does not open the row');
  await page.keyboard.press('Escape');
  await page.locator('#flow g.client').nth(1).focus();
  await page.keyboard.press('Enter');
  await settled();
  must(/client=client2/.test(page.url()), 'a client in the flow is not chosen');
  const few = Number((await page.locator('.shown').textContent()).split(' ')[0].replace(',', ''));
  must(few > 0 && few < 2000, 'choosing a client does not filter');
  await page.locator('.chips button').first().click();
  await page.locator('input[type=search]').fill('2/537');
  await settled();
  must((await page.locator('.shown').textContent()).startsWith('1 of'), 'a place finds not one call');
  await page.getByRole('button', { name: 'ES, español' }).click();
  must((await page.evaluate(() => document.documentElement.lang)) === 'es', 'the language is not said');
  must((await page.locator('#flow-title').textContent()) === 'Flujo', 'the language does not change');
  await page.getByRole('button', { name: 'EN, English' }).click();
  await page.locator('input[type=search]').fill('');
  // By pointer: a shape opens its call, Shift and a drag select a range, a drag moves, the wheel zooms with Ctrl.
  await page.evaluate(() => document.getElementById('timeline').scrollIntoView({ behavior: 'instant' }));
  await settled();
  const canvas = page.locator('#timeline canvas').first();
  let box = await canvas.boundingBox();
  const at = (x, y) => [box.x + 132 + (box.width - 132) * x, box.y + y];
  await page.keyboard.down('Control');
  await page.mouse.move(...at(0.5, 40));
  await page.mouse.wheel(0, -600);
  await page.keyboard.up('Control');
  await settled();
  const [, from, to] = /view=(\d+)-(\d+)/.exec(page.url()) ?? [];
  must(to - from > 0 && to - from < 3e9, 'Ctrl and the wheel do not zoom');
  await page.mouse.move(...at(0.5, 40));
  await page.mouse.down();
  await page.mouse.move(...at(0.3, 40), { steps: 5 });
  await page.mouse.up();
  await settled();
  must(Number(/view=(\d+)/.exec(page.url())?.[1]) > Number(from), 'a drag does not move');
  must((await page.locator('dialog[open]').count()) === 0, 'a drag opens a call');
  await page.keyboard.down('Shift');
  await page.mouse.down();
  await page.mouse.move(...at(0.6, 40), { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await settled();
  must(/time=\d+-\d+/.test(page.url()), 'Shift and a drag select no range');
  must(/ to .* s/.test(await page.locator('.chips').textContent()), 'the range is no chip');
  await page.locator('.chips .link').click();
  await page.getByRole('button', { name: 'Show all' }).click();
  await settled();
  box = await canvas.boundingBox(); // the chips have gone
  let opened = 0;
  for (let x = 0.02; x < 1 && !opened; x += 0.01) {
    await page.mouse.click(...at(x, 7));
    opened = await page.locator('dialog[open]').count();
  }
  await settled();
  must(opened === 1 && (await page.locator('dialog h2 svg').getAttribute('class')).match(/failed|finding|difference/), 'a shape opens no call');
  await page.keyboard.press('Escape');
  // Two fingers.
  const touch = await context.newCDPSession(page);
  const [x1, y1] = at(0.4, 40);
  const [x2] = at(0.6, 40);
  const fingers = (type, by) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: x1 - by, y: y1, id: 1 }, { x: x2 + by, y: y1, id: 2 }] });
  await fingers('touchStart', 0);
  for (let by = 10; by <= 150; by += 10) await fingers('touchMove', by);
  await fingers('touchEnd', 0);
  await settled();
  must(/view=/.test(page.url()), 'two fingers do not zoom');
  must((await page.locator('dialog[open]').count()) === 0, 'two fingers open a call');
  // Every place that takes the focus shows it.
  await page.evaluate(() => { window.scrollTo(0, 0); document.activeElement?.blur(); });
  for (let at = 0; at < 40; at++) {
    await page.keyboard.press('Tab');
    const plain = await page.evaluate(() => {
      const it = document.activeElement;
      if (!it || it === document.body) return '';
      const style = getComputedStyle(it);
      const box = it.querySelector?.('.box');
      const shown = style.outlineStyle !== 'none' || (box && getComputedStyle(box).strokeWidth === '3px') || it.matches('input[type=radio]');
      return shown ? '' : it.outerHTML.slice(0, 80);
    });
    must(!plain, `the focus does not show: ${plain}`);
  }
  await context.close();
}

if (!wanted.length || wanted.includes('speed')) {
  for (let round = 0; round < 3; round++) {
    const { page, context } = await open('100000', { width: 1440 });
    const first = await page.evaluate(() => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
      const mark = performance.getEntriesByName('testigo-ready')[0]?.startTime ?? 0;
      const parsed = performance.getEntriesByType('navigation')[0];
      return { paint: Math.round(paint), ready: Math.round(mark), interactive: Math.round(parsed?.domInteractive ?? 0) };
    });
    await whole(page);
    await page.evaluate(() => document.getElementById('timeline').scrollIntoView({ behavior: 'instant' }));
    await page.waitForTimeout(400);
    const zoom = await frames(page, kZoom, 4000);
    await page.evaluate(() => document.getElementById('calls').scrollIntoView({ behavior: 'instant' }));
    const scroll = await frames(page, kScroll, 2500);
    const told = ({ a_second, p95_ms }) => `${Math.round(a_second)} frames/s, 95 of 100 within ${p95_ms.toFixed(1)} ms`;
    console.log('100,000 calls:', JSON.stringify(first), `zoom ${told(zoom)}; table ${told(scroll)}`);
    await context.close();
  }
}
await browser.close();
console.log(bad ? `${bad} troubles` : 'no errors, no requests, nothing too wide');
process.exit(bad ? 1 : 0);
