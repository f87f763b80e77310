// How long it takes until the page shows a run, and how smoothly it moves: bench/browsed.py.
import { address_of, Reader } from './browser.mjs';

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// Frames a second, and the gap in ms that 95 of 100 do not exceed, while `step` is done in each frame for so long.
const frames = (page, step, ms) =>
  page.evaluate(
    async ([text, long]) => {
      const step = new Function('phase', text);
      const gaps = [];
      let last = performance.now();
      const begun = last;
      await new Promise((done) => {
        const frame = (now) => {
          gaps.push(now - last);
          last = now;
          step(Math.floor((now - begun) / 700) % 2);
          if (now - begun < long) requestAnimationFrame(frame);
          else done();
        };
        requestAnimationFrame(frame);
      });
      gaps.shift();
      gaps.sort((a, b) => a - b);
      return { a_second: 1000 / (gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length), p95_ms: gaps[Math.floor(gaps.length * 0.95)] };
    },
    [step, ms],
  );

// Steps are text: a page that lets no script in beside its own is asked from outside.
const kZoom = `document.querySelector('#timeline canvas').dispatchEvent(new WheelEvent('wheel',
  { deltaY: phase ? 40 : -40, ctrlKey: true, clientX: 700, clientY: 200, bubbles: true, cancelable: true }))`;
const kScroll = `document.querySelector('#calls .box').scrollTop += 900`;
const kWhole = `window.scrollBy({ top: phase ? -60 : 60, behavior: 'instant' })`;

export async function speed(browser, { url, rounds = 3, ms = 3000 }) {
  const told = { first_view_ms: [], painted_ms: [], zoom: [], scroll: [], page: [] };
  for (let round = 0; round < rounds; round++) {
    const reader = await Reader.open(browser, address_of(url), { width: 1440 });
    const { page } = reader;
    await page.waitForFunction(() => performance.getEntriesByName('testigo-ready').length);
    told.first_view_ms.push(await page.evaluate(() => performance.getEntriesByName('testigo-ready')[0].startTime));
    told.painted_ms.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0));
    await reader.sections();
    await reader.section('timeline');
    await page.waitForTimeout(500);
    told.zoom.push(await frames(page, kZoom, ms));
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
    told.page.push(await frames(page, kWhole, ms));
    await reader.section('calls');
    told.scroll.push(await frames(page, kScroll, ms));
    told.calls = await reader.rows();
    await reader.close();
  }
  const of = (all) => ({ a_second: median(all.map((one) => one.a_second)), p95_ms: median(all.map((one) => one.p95_ms)) });
  const [first_view_ms, painted_ms] = [median(told.first_view_ms), median(told.painted_ms)];
  return { calls: told.calls, first_view_ms, painted_ms, zoom: of(told.zoom), scroll: of(told.scroll), page: of(told.page) };
}
