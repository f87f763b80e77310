// What a page holds that follows a run for long: bench/browsed.py.
import { Reader } from './browser.mjs';

// So many seconds after it was opened: octets that its scripts hold when the garbage is gone.
export async function held(browser, { url, seconds }) {
  const reader = await Reader.open(browser, url);
  const { page } = reader;
  const session = await reader.context.newCDPSession(page);
  const begun = Date.now();
  await reader.sections();
  const told = [];
  for (const mark of seconds) {
    await page.waitForTimeout(Math.max(0, begun + mark * 1000 - Date.now()));
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    told.push({ heap: usedSize, rows: await reader.rows() });
  }
  await reader.close();
  return told;
}
