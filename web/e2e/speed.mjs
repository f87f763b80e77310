// How long it takes until the page shows a run, and how smoothly it moves: bench/browsed.py.
import { address_of, Reader } from './browser.mjs';
import { frames, kScroll, kZoom } from './frames.mjs';

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

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
