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

// The time line of a run in which all is OK, by keys: what is not OK is not found, and nothing is opened in its place.
export async function steps(browser, { url }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  await reader.section('timeline');
  await page.locator('#timeline canvas').first().focus();
  const press = async (...all) => {
    for (const key of all) await page.keyboard.press(key);
    await page.waitForTimeout(350);
    return { said: await reader.text('#timeline p[aria-live]'), hash: new URL(page.url()).hash };
  };
  const told = { next: await press('n'), previous: await press('End', 'Home', 'p'), zoomed: await press('+', '+', '+') };
  told.after = await press('n', 'p');
  await page.keyboard.press('Enter');
  told.opened = await page.locator('dialog[open]').count();
  told.first = await press('.');
  told.moved = await press('Home', '.');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  told.last = await press('End', ',', '.');
  await reader.close();
  return told;
}

// The wheel where the time line has the focus, alone and with Ctrl.
export async function wheel(browser, { url }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  await reader.section('timeline');
  const line = page.locator('#timeline canvas').first();
  await line.focus();
  await line.hover();
  const at = () => page.evaluate(() => scrollY);
  const before = await at();
  await page.mouse.wheel(0, 300);
  await page.waitForFunction((y) => scrollY > y, before);
  await page.waitForTimeout(350);
  must(!page.url().includes('view='), 'the wheel alone zooms');
  await line.hover();
  const then = await at();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -100);
  await page.keyboard.up('Control');
  await page.waitForFunction(() => location.hash.includes('view='));
  must((await at()) === then, 'the wheel with Ctrl scrolls');
  await reader.close();
}

// All of the time line is selected: how many calls are left.
export async function all_selected(browser, { url }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  await reader.section('timeline');
  const { x, y, width } = await page.locator('#timeline canvas').first().boundingBox();
  await page.getByRole('button', { name: 'Select a range' }).click();
  await page.mouse.move(x + 133, y + 2);
  await page.mouse.down();
  await page.mouse.move(x + width - 1, y + 2, { steps: 4 });
  await page.mouse.up();
  await page.waitForSelector('.chips li');
  const told = await reader.shown();
  await reader.close();
  return told;
}
