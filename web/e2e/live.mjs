// A run that goes on, and who may not look at it.
import { must, Reader } from './browser.mjs';
import { to_frame } from './ways.mjs';

export async function live(browser, { url, lie }) {
  const reader = await Reader.open(browser, url, { motion: true });
  const { page } = reader;
  await page.evaluate(() => (window.stays = true));
  const told = { at_first: await reader.text('#verdict-word') };
  await reader.section('calls');
  const counts = [await reader.rows()];
  while (counts.length < 4) {
    const before = counts[counts.length - 1];
    await page.waitForFunction((rows) => Number(document.querySelector('#calls .box').getAttribute('aria-rowcount')) - 1 > rows, before);
    counts.push(await reader.rows());
  }
  told.counts = counts;
  told.clients = await page.locator('#flow g.client').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  await page.locator('.only button').filter({ hasText: 'with differences' }).click({ timeout: lie * 1000 });
  await page.locator('#calls .row').first().click();
  await page.waitForSelector('dialog .sequence .difference');
  told.call = await reader.call_id();
  told.difference = await reader.text('dialog .sequence .difference');
  told.octets = await reader.open_frame(page.locator('dialog .frame.to-client').filter({ hasText: 'DATA' }).last());
  told.while_it_ran = (await reader.text('#verdict-word')) === told.at_first;
  await page.keyboard.press('Escape');
  await page.locator('.chips .link').click();
  await page.waitForFunction(() => /PROVEN|BROKEN|INCONCLUSIVE/.test(document.getElementById('verdict-word').textContent), null, { timeout: 60_000 });
  await page.waitForFunction(() => !document.querySelector('.live'), null, { timeout: 30_000 });
  told.verdict = await reader.text('#verdict-word');
  told.calls = await reader.rows();
  must(await page.evaluate(() => window.stays === true), 'the page was loaded anew');
  await page.locator('#claims ol > li').nth(2).locator('button.claim').click();
  await page.locator('#claims .exhibits .says .link').first().click();
  await page.waitForSelector('dialog .frame');
  told.exhibited = await reader.call_id();
  await reader.close();
  return told;
}

// What is pointed at, by keys or by a pointer, stays that call while others come.
export async function followed(browser, { url }) {
  const reader = await Reader.open(browser, url, { wait: '.live' });
  const { page } = reader;
  await reader.section('calls');
  const more = async (rows) => {
    const before = await reader.rows();
    await page.waitForFunction((least) => Number(document.querySelector('#calls .box').getAttribute('aria-rowcount')) - 1 >= least, before + rows);
  };
  await more(6);
  const line = page.locator('#timeline canvas').first();
  const told = { steps: [], calls: [] };
  await line.focus();
  for (let at = 0; at < 3; at++) {
    await page.keyboard.press('.');
    await page.waitForFunction(() => document.querySelector('#timeline p[aria-live]').textContent !== '');
    told.steps.push(await reader.text('#timeline p[aria-live]'));
    await more(2);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open] h2');
    told.calls.push(await reader.call_id());
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement.tagName === 'CANVAS');
  }
  const box = await line.boundingBox();
  for (let x = box.width - 4; x > 140 && !(await page.locator('#timeline .tip').count()); x -= 2) await line.hover({ position: { x, y: box.height / 4 } });
  told.tip = await reader.text('#timeline .tip');
  await more(2);
  told.tip_later = (await page.locator('#timeline .tip').count()) ? await reader.text('#timeline .tip') : '';
  await page.locator('#calls .head .time button').click();
  await page.locator('#calls .box').focus();
  for (let at = 0; at < 2; at++) await page.keyboard.press('ArrowDown');
  const row = () => page.locator('#calls .row.active').innerText();
  const top = () => page.locator('#calls .row.active').evaluate((one) => Math.round(one.getBoundingClientRect().top));
  [told.row, told.top] = [await row(), await top()];
  await more(4);
  [told.row_later, told.top_later] = [await row(), await top()];
  await reader.close();
  return told;
}

// Nothing was found when the page is opened; `go` makes that something is.
export async function found(browser, { url, go }) {
  const reader = await Reader.open(browser, url, { motion: true });
  const { page } = reader;
  const sums = () => page.locator('#findings .sums strong').allInnerTexts();
  await reader.section('findings');
  const told = { at_first: await reader.text('#findings'), sums_at_first: await sums() };
  await fetch(go);
  await page.waitForSelector('#findings .groups > li.error');
  const only = page.locator('.only button').filter({ hasText: 'with findings' });
  await only.waitFor();
  told.sums = await sums();
  told.check = await reader.text('#findings .groups > li.error .group .check');
  Object.assign(told, await to_frame(reader, told.check));
  told.row_marked = (await page.locator('dialog h2 svg').getAttribute('class')) ?? '';
  await page.getByRole('button', { name: 'Close' }).click();
  told.with_findings = Number((await only.locator('.number').innerText()).replace(/\D/g, ''));
  await only.click();
  await reader.section('calls');
  told.rows = await reader.rows();
  told.wire = await reader.text('#verdict .rests');
  told.live = (await page.locator('.live').count()) === 1 && (await reader.text('#verdict-word')) === 'LISTENING';
  await reader.close();
  return told;
}

// Pauses, and stays there until the run has ended and longer.
export async function looks_back(browser, { url }) {
  const reader = await Reader.open(browser, url);
  const { page } = reader;
  await page.waitForFunction(() => Number(document.querySelector('.shown').textContent.match(/\d+/)[0]) > 20);
  await page.evaluate(() => {
    window.said = 0;
    new MutationObserver((all) => (window.said += all.length)).observe(document.querySelector('.bar [aria-live]'), { childList: true, characterData: true, subtree: true });
  });
  await reader.section('timeline');
  await page.waitForTimeout(2000);
  const told = { said_alone: await page.evaluate(() => window.said) };
  const seen = () => page.evaluate(() => ({
    shown: document.querySelector('.shown').textContent, state: document.querySelector('.live .state').textContent, line: document.querySelector('#timeline canvas').toDataURL(),
    choices: [...document.querySelectorAll('.choices option, .only button')].map((one) => one.textContent.trim()), flow: [...document.querySelectorAll('#flow g.client')].map((one) => one.getAttribute('aria-label')),
  }));
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(500);
  const before = await seen();
  told.shown = await reader.shown();
  await page.waitForFunction(() => Number(document.querySelector('.newer').textContent.match(/\d+/)?.[0]) > 10);
  must(JSON.stringify(await seen()) === JSON.stringify(before), 'something moves while it is paused');
  await page.waitForFunction(() => document.querySelector('.ended').textContent !== '', null, { timeout: 60_000 });
  await page.waitForTimeout(1500);
  must(JSON.stringify(await seen()) === JSON.stringify(before), 'something moves when the run ends');
  told.ended = await reader.text('.ended');
  told.paused_verdict = await reader.text('#verdict-word');
  await page.getByRole('button', { name: 'See the whole run' }).click();
  await page.waitForFunction(() => !document.querySelector('.live'));
  told.verdict = await reader.text('#verdict-word');
  told.whole = await reader.shown();
  await page.locator('.bar select').first().selectOption({ index: 1 });
  await page.waitForFunction(() => document.querySelector('.bar [aria-live]').textContent !== '');
  told.said = await reader.page.locator('.bar [aria-live]').textContent();
  told.filtered = await reader.text('.shown');
  await reader.close();
  return told;
}

// While calls come: a drag over the percentiles takes as long as it takes, and what the keyboard reaches is not behind the bar.
export async function busy(browser, { url }) {
  const reader = await Reader.open(browser, url, { wait: '.live', height: 420 });
  const { page } = reader;
  const calls = (more_than) => page.waitForFunction((least) => Number(document.querySelector('.shown').textContent.match(/[\d.,]+/g)[1].replace(/[.,]/g, '')) > least, more_than);
  const more = async () => {
    await calls((await reader.shown())[1]);
    await page.waitForTimeout(600); // what is costly to draw is drawn a little later
  };
  await calls(40);
  await reader.section('latency');
  await page.evaluate(() => document.querySelector('#latency .chart').scrollIntoView({ behavior: 'instant' }));
  const told = { drawn: 0 };
  for (let drawn = ''; told.drawn < 2; told.drawn++) {
    drawn = await (await page.waitForFunction((before) => {
      const now = document.querySelector('#latency .uplot canvas')?.toDataURL();
      return now !== before && now;
    }, drawn, { polling: 200 })).jsonValue();
  }
  const box = await press(page, '#latency .u-over', 0.3);
  const y = box.y + Math.min(40, box.height / 3);
  for (const share of [0.4, 0.5, 0.7]) {
    await page.mouse.move(box.x + box.width * share, y, { steps: 3 });
    await more();
  }
  told.selected = (await page.locator('#latency .u-select').evaluate((one) => one.offsetWidth)) / box.width;
  await page.mouse.up();
  await page.waitForFunction(() => /time=\d+-\d+/.test(location.hash));
  told.time = await page.evaluate(() => location.hash.match(/time=(\d+)-(\d+)/).slice(1).map(Number));
  await page.evaluate(() => (location.hash = ''));
  await page.waitForFunction(() => new Set(document.querySelector('.shown').textContent.match(/[\d.,]+/g)).size === 1); // all are shown again
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await page.locator('#verdict-word').focus();
  told.reached = 0;
  told.covered = [];
  for (let at = 0; at < 60; at++) {
    await page.keyboard.press('Tab');
    const [lost, at_end] = await page.evaluate(() => [document.activeElement === document.body, document.activeElement.closest('.live') !== null]);
    if (at_end) break;
    if (lost) continue; // what had the focus was made anew: the next one is reached all the same
    told.reached++;
    let behind = await covered(page);
    if (behind) { // what lies above may have grown since the focus came
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      behind = await covered(page);
    }
    if (behind) told.covered.push(behind);
  }
  await reader.close();
  return told;
}

// What has the focus, where it lies behind the bar.
async function covered(page) {
  await page.waitForTimeout(30);
  return page.evaluate(() => {
    const one = document.activeElement;
    const box = one.getBoundingClientRect();
    const bar = document.querySelector('.live').getBoundingClientRect();
    return box.height < bar.top / 2 && box.bottom > bar.top + 1 ? `${one.outerHTML.slice(0, 100)} ${box.bottom} ${bar.top}` : '';
  });
}

// The button goes down at that share of its width. Where it is: it may be made anew, and move while what lies above is made.
async function press(page, selector, share) {
  const place = (at) => {
    const box = document.querySelector(at)?.getBoundingClientRect();
    return box?.width ? { x: box.x, y: box.y, width: box.width, height: box.height } : null;
  };
  for (let tries = 0; tries < 20; tries++) {
    const box = await page.evaluate(place, selector);
    if (box) {
      await page.mouse.move(box.x + box.width * share, box.y + Math.min(40, box.height / 3));
      await page.mouse.down();
      if (JSON.stringify(await page.evaluate(place, selector)) === JSON.stringify(box)) return box;
      await page.mouse.up();
    }
    await page.waitForTimeout(200);
  }
  throw new Error(`${selector} does not keep its place`);
}

// Who serves the page goes; `go` does that.
export async function lost(browser, { url, go }) {
  const reader = await Reader.open(browser, url);
  const { page } = reader;
  await reader.section('calls');
  await fetch(go);
  await page.waitForSelector('.trouble');
  const told = { words: await reader.text('.live') };
  told.above = await page.evaluate(() => document.elementFromPoint(innerWidth / 2, 10).closest('.bar') !== null);
  const next = () => page.locator('.trouble .number').innerText();
  const seconds = new Set();
  while (seconds.size < 3) {
    seconds.add(await next());
    await page.waitForTimeout(50);
  }
  told.seconds = [...seconds];
  await page.getByRole('button', { name: 'Try now' }).click();
  told.trouble_stays = (await page.locator('.trouble').count()) === 1;
  await reader.close(/ERR_|EventSource/);
  return told;
}

// The run is killed while somebody follows it; `go` does that.
export async function killed(browser, { url, go, dark = false }) {
  const reader = await Reader.open(browser, url, { width: 390, height: 844, dark });
  const { page } = reader;
  const told = { at_first: await reader.text('#verdict-word') };
  await reader.section('calls');
  await page.waitForFunction(() => Number(document.querySelector('#calls .box').getAttribute('aria-rowcount')) > 5);
  must((await page.locator('aside').count()) === 0, 'it is said to be over while it goes on');
  await fetch(go);
  await page.waitForSelector('aside', { timeout: 60_000 });
  told.notice = await reader.text('aside p');
  told.command = await reader.text('aside code');
  told.verdict = await reader.text('#verdict-word');
  told.live = await page.locator('.live').count();
  told.beyond = await reader.beyond();
  await page.getByRole('button', { name: 'ES, español' }).click();
  told.spanish = await reader.text('aside p');
  await reader.close();
  return told;
}

// The page of another origin tries all the ways in which a browser fetches something.
export async function elsewhere(browser, { url, from }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(from);
  const told = await page.evaluate(async (target) => {
    const outcome = {};
    const in_vain = () => new Promise((done) => setTimeout(() => done('refused: nothing came'), 3000));
    const attempt = async (name, how) => {
      outcome[name] = await Promise.race([how().catch((error) => `refused: ${error?.message ?? error}`), in_vain()]);
    };
    await attempt('fetch', async () => (await fetch(`${target}data`)).text());
    await attempt('fetch with credentials', async () => (await fetch(`${target}data`, { credentials: 'include' })).text());
    await attempt('no-cors', async () => `answered: ${(await fetch(`${target}data`, { mode: 'no-cors' })).type}`);
    await attempt('events', () => new Promise((done, refuse) => {
      const events = new EventSource(`${target}events?from=0`);
      events.onopen = () => done('opened');
      events.onerror = () => refuse(new Error('error'));
    }));
    for (const [name, tag, at] of [['script', 'script', 'data'], ['image', 'img', 'data'], ['style', 'link', 'data']]) {
      await attempt(name, () => new Promise((done, refuse) => {
        const element = document.createElement(tag);
        if (tag === 'link') [element.rel, element.href] = ['stylesheet', target + at];
        else element.src = target + at;
        element.onload = () => done('loaded');
        element.onerror = () => refuse(new Error('error'));
        document.body.append(element);
      }));
    }
    return outcome;
  }, url);
  const frame = await page.evaluate((target) => new Promise((done) => {
    const element = document.createElement('iframe');
    element.src = target;
    element.onload = () => done(true);
    document.body.append(element);
    setTimeout(() => done(false), 3000);
  }), url);
  const framed = page.frames().find((one) => one !== page.mainFrame());
  told.frame = frame && framed ? await framed.evaluate(() => document.body?.innerText ?? '').catch(() => '') : '';
  await context.close();
  return told;
}

// With the token of its address the page is served, and goes on without it in the address.
export async function token(browser, { url }) {
  const reader = await Reader.open(browser, url);
  await reader.page.waitForFunction(() => /PROVEN|BROKEN|INCONCLUSIVE/.test(document.getElementById('verdict-word').textContent)); // it may still be judged
  const told = { verdict: await reader.text('#verdict-word'), address: reader.page.url() };
  await reader.section('calls');
  await reader.page.locator('#calls .row').first().click();
  await reader.page.waitForSelector('dialog .frame');
  told.frames = await reader.page.locator('dialog .frame').count();
  await reader.close();
  return told;
}
