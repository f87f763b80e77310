// What is drawn: the time line, the charts and the flow, where only a browser shows it.
import { address_of, must, Reader } from './browser.mjs';

// How much of the percentiles is drawn, in pixels of their colour.
export async function percentiles(browser, { url, hash = '' }) {
  const reader = await Reader.open(browser, `${address_of(url)}${hash}`);
  await reader.section('latency');
  const drawn = await reader.page.locator('#latency .uplot canvas').evaluate(async (canvas) => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const [r, g, b] = getComputedStyle(document.querySelector('#latency .who.wire')).color.match(/\d+/g).map(Number);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let pixels = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 128 && Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 24) pixels++;
    return pixels;
  });
  await reader.close();
  return drawn;
}

// How far the names of the flow reach beyond their boxes, in pixels, and the first of them.
export async function names(browser, { url, width }) {
  const reader = await Reader.open(browser, address_of(url), { width });
  const section = await reader.section('flow');
  const told = await section.evaluate((flow) => {
    const sides = [...flow.querySelectorAll('g.client, g.server')].map((side) => {
      const box = side.querySelector('.box').getBoundingClientRect();
      const name = side.querySelector('.name').getBoundingClientRect();
      return Math.max(box.left - name.left, name.right - box.right);
    });
    return { beyond: Math.max(...sides), first: flow.querySelector('g.client .name').textContent };
  });
  await reader.close();
  return told;
}
