// Filters, words, colours, keys and small screens.
import { address_of, must, Reader } from './browser.mjs';

const settled = (page) => page.waitForTimeout(350); // the hash is written a quarter of a second after

// How many calls each filter leaves, and that a link to what is looked at shows the same.
export async function filters(browser, { url, client, method, status }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  const left = {};
  const clear = () => page.locator('.chips .link').click();
  await reader.section('calls');
  const note = async (name) => {
    const [shown, all] = await reader.shown();
    must(shown === (await reader.rows()), `${name}: ${shown} are said to be shown, the table has ${await reader.rows()}`);
    left[name] = shown;
    left.all = all;
  };
  for (const [name, label, value] of [['client', 'Client', `:${client}`], ['method', 'Method', `:${method}`], ['status', 'Status', `:${status}`]]) {
    await page.getByRole('search').getByLabel(label, { exact: true }).selectOption(value);
    await note(name);
    await clear();
  }
  const differing = page.locator('.only button').filter({ hasText: 'with differences' });
  await differing.click();
  await note('differences');
  await page.getByRole('search').getByLabel('Client', { exact: true }).selectOption(`:${client}`);
  await note('both');
  await page.locator('#calls .head .latency button').click();
  const first = () => page.locator('#calls .row').first().innerText();
  await settled(page);
  const [before, hash] = [await first(), new URL(page.url()).hash];
  await page.reload();
  await page.waitForSelector('#verdict');
  await reader.section('calls');
  left.again = (await reader.shown())[0];
  must((await first()) === before, 'after a reload the first row is another one');
  must(new URL(page.url()).hash === hash, 'a reload changes the hash');
  must((await page.locator('.chips li').count()) === 3, 'a reload loses a filter');
  await reader.close();
  return { ...left, hash };
}

const colours = (page) =>
  page.evaluate(() => {
    const luminance = (colour) => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d');
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = luminance(getComputedStyle(document.body).backgroundColor);
    const ink = luminance(getComputedStyle(document.querySelector('#verdict .rests')).color);
    const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    // Of what somebody types into or chooses from, against what is on both sides of its border.
    const borders = [...document.querySelectorAll('input[type=search], select')].filter((one) => one.checkVisibility()).flatMap((one) => {
      const { borderTopColor, backgroundColor } = getComputedStyle(one);
      return [contrast(luminance(borderTopColor), luminance(backgroundColor)), contrast(luminance(borderTopColor), ground)];
    });
    return { dark: ground < 0.2, borders: Math.min(...borders), contrast: (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05) };
  });

export async function words_and_colours(browser, { url }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  const theme = async (name) => {
    await page.getByRole('button', { name, exact: true }).click();
    return colours(page);
  };
  const told = { light: await colours(page), chosen_dark: await theme('Dark'), chosen_light: await theme('Light') };
  await theme('As the system');
  await page.emulateMedia({ colorScheme: 'dark' });
  told.system_dark = await colours(page);
  const heads = () => page.locator('section h2').allInnerTexts();
  const english = await heads();
  const claim = await reader.text('#claims .sentence .text');
  await page.getByRole('button', { name: 'ES, español' }).click();
  must((await page.evaluate(() => document.documentElement.lang)) === 'es', 'the language of the page is not said');
  const spanish = await heads();
  told.same_heads = english.filter((head, at) => head && head === spanish[at]);
  must((await reader.text('#claims .sentence .text')) === claim, 'a sentence of the program changed with the language');
  must((await page.locator('#claims .sentence .text').first().getAttribute('lang')) === 'en', 'the language of a sentence of the program is not said');
  must((await reader.text('#verdict-word')) === (await page.evaluate(() => document.title.split(' · ')[0])), 'the verdict changed with the language');
  await page.reload();
  await page.waitForSelector('#verdict');
  must((await page.evaluate(() => document.documentElement.lang)) === 'es', 'the language is forgotten');
  await reader.close();
  return told;
}

// The first thing that Tab reaches leads to the verdict, and nothing of what is looked at is lost.
export async function skip(browser, { url, client }) {
  const reader = await Reader.open(browser, `${address_of(url)}#client=${client}`);
  const { page } = reader;
  const [before, chips] = [page.url(), await page.locator('.chips').innerText()];
  await page.keyboard.press('Tab');
  must(await page.evaluate(() => document.activeElement?.matches('.skip') ?? false), 'the first Tab does not lead to the way past the top');
  await page.keyboard.press('Enter');
  await settled(page);
  must(await page.evaluate(() => document.activeElement?.id === 'verdict-word'), 'the verdict does not take the focus');
  must(page.url() === before, `the address is ${page.url()}`);
  must((await page.locator('.chips').innerText()) === chips, 'the filter is lost');
  await reader.close();
}

// What is said to be the active row is a row that is there.
export async function scrolled(browser, { url }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  await reader.section('calls');
  const box = page.locator('#calls .box');
  const active = async () => {
    const id = await box.getAttribute('aria-activedescendant');
    must(id === null || (await page.locator(`[id="${id}"]`).count()) === 1, `${id} is active and not there`);
    return id;
  };
  const told = { at_first: await active() };
  await box.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await page.waitForFunction(() => !document.getElementById('call-0'));
  told.far = await active();
  await box.focus();
  await page.keyboard.press('End');
  await page.waitForFunction(() => document.querySelector('#calls .row.active'));
  told.end = await active();
  await reader.close();
  return told;
}

// From the top of the page to the octets of a call, without a pointer.
export async function keys(browser, { url, claim }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  const focused = (selector) => page.evaluate((of) => document.activeElement?.matches(of) ?? false, selector);
  const tab_to = async (selector, most = 80) => {
    for (let at = 0; at < most; at++) {
      await page.keyboard.press('Tab');
      if (await focused(selector)) return;
    }
    throw new Error(`${most} times Tab do not lead to ${selector}`);
  };
  await tab_to(`#claims li:nth-child(${claim}) button.claim`);
  await page.keyboard.press('Enter');
  await tab_to('#claims .exhibits .says .link');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog .sequence .arrow');
  must(await focused('dialog h2'), 'the call does not take the focus');
  await tab_to('dialog .frame.wanted .arrow');
  await page.keyboard.press('Enter');
  await tab_to('dialog .frame.wanted .details h4 .link');
  await page.keyboard.press('Space');
  await tab_to('dialog .frame.wanted .hex');
  for (let at = 0; at < 3; at++) await page.keyboard.press('ArrowRight');
  const told = { call: await reader.call_id(), octet: await reader.text('dialog .frame.wanted .details > p[aria-live]') };
  told.octets = await reader.octets(page.locator('dialog .frame.wanted').first());
  await page.keyboard.press('Escape');
  must((await page.locator('dialog[open]').count()) === 0, 'Escape does not close the call');
  await page.waitForFunction(() => document.activeElement?.matches('#claims .exhibits .says .link'));
  await tab_to('nav a[href="#calls"]', 120);
  await page.keyboard.press('Enter');
  must(await focused('#calls-title'), 'a link to a section does not take the focus there');
  await page.waitForSelector('#calls .box');
  await tab_to('#calls .box', 3);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open] h2');
  told.second = await reader.call_id();
  await reader.close();
  return told;
}

// On a phone, back through the page by Shift+Tab, with filters chosen and their bar open: what has the focus can be seen.
export async function phone_keys(browser, { url }) {
  const reader = await Reader.open(browser, `${address_of(url)}#client=client1&client=client2&client=client3&status=0&only=failed&only=difference&only=finding`, { width: 390, height: 844 });
  const { page } = reader;
  await page.locator('.bar button.open').click();
  await reader.sections();
  await page.locator('#small-print button').last().focus();
  const told = { hidden: [], steps: 0 };
  for (; told.steps < 40; told.steps++) {
    await page.keyboard.press('Shift+Tab');
    const covered = await page.evaluate(() => {
      const [focused, bar] = [document.activeElement, document.querySelector('.bar')];
      if (bar.contains(focused)) return null;
      const [at, over] = [focused.getBoundingClientRect(), bar.getBoundingClientRect()];
      return at.top < over.bottom && at.bottom > over.top && over.top <= 0 ? `${focused.tagName} ${focused.textContent.slice(0, 30)}` : '';
    });
    if (covered === null) break;
    if (covered) told.hidden.push(covered);
  }
  await reader.close();
  return told;
}

// Calls are compared with the list beside them; what the call covers never has the focus.
export async function beside(browser, { url }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  await reader.sections();
  const open = () => page.locator('dialog[open]').count();
  const box = page.locator('#calls .box');
  await box.focus();
  const told = { calls: [] };
  for (const key of ['Home', 'ArrowDown']) {
    await page.keyboard.press(key);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open] h2');
    told.calls.push(await reader.call_id());
    await box.focus();
    must((await open()) === 1, 'the list beside a call closes it');
  }
  await page.keyboard.press('Escape');
  must((await open()) === 0, 'Escape in the list does not close the call');
  must(await box.evaluate((element) => element === document.activeElement), 'Escape in the list takes the focus from it');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open] h2');
  await page.locator('#timeline-title').evaluate((title) => title.focus());
  for (let at = 0; at < 12; at++) {
    await page.keyboard.press('Tab');
    const covered = await page.evaluate(() => {
      const dialog = document.querySelector('dialog[open]');
      const { activeElement: one } = document;
      return dialog && !dialog.contains(one) && one.getBoundingClientRect().left >= dialog.getBoundingClientRect().left ? one.outerHTML.slice(0, 80) : '';
    });
    must(!covered, `the call covers what has the focus: ${covered}`);
  }
  must((await open()) === 0, 'nothing that the call covers had the focus');
  await box.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const next = page.locator('dialog .buttons button').nth(1);
  await next.focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('dialog .buttons button:nth-child(2)').ariaDisabled === 'true');
  must(await next.evaluate((button) => button === document.activeElement), 'the last call takes the focus');
  await reader.close();
  return told;
}

// The links of exhibits that are lower than a finger needs, in px.
export async function places(browser, { url, claim }) {
  const reader = await Reader.open(browser, address_of(url), { width: 390, height: 844 });
  const { page } = reader;
  await page.locator('#claims ol > li').nth(claim - 1).locator('button.claim').click();
  const links = page.locator('#claims .exhibits button.link');
  await links.first().waitFor();
  const heights = await links.evaluateAll((all) => all.map((link) => link.getBoundingClientRect().height));
  await reader.close();
  return { links: heights.length, low: heights.filter((height) => height < 24) };
}

export async function phone(browser, { url, claim, dark = false }) {
  const reader = await Reader.open(browser, address_of(url), { width: 390, height: 844, dark });
  const { page } = reader;
  await reader.sections();
  const told = { page: await reader.beyond() };
  const item = page.locator('#claims ol > li').nth(claim - 1);
  await item.locator('button.claim').click();
  told.claim = await reader.beyond();
  await item.locator('.exhibits .says .link').first().click();
  await page.waitForSelector('dialog .frame.wanted');
  await reader.open_frame(page.locator('dialog .frame.wanted').first());
  told.call = await reader.beyond();
  told.dialog = await page.locator('dialog').evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
  await reader.close();
  return told;
}

// With letters of `percent` of their size: what stands over what else, and what did not grow. Texts of a row are told from one another
// by the lines they take.
export async function enlarged(browser, { url, width, percent }) {
  const reader = await Reader.open(browser, address_of(url), { width });
  const { page } = reader;
  const drawn = () => page.locator('#flow .numbers').first().evaluate((text) => text.getBoundingClientRect().height);
  const header = page.locator('#calls .head');
  await reader.sections();
  const before = await drawn();
  await page.evaluate((size) => (document.documentElement.style.fontSize = `${size}%`), percent);
  await settled(page);
  const told = { grown: (await drawn()) / before };
  await reader.sections();
  told.page = await reader.beyond();
  await reader.section('calls');
  told.over = await page.locator('#calls').evaluate((calls) => {
    const over = [];
    const boxes = [...calls.querySelectorAll('.row')].slice(0, 6).map((row) => ({ row: row.getBoundingClientRect(), cells: [...row.children].filter((cell) => cell.checkVisibility() && cell.textContent.trim()) }));
    for (const { row, cells } of boxes) {
      const rects = cells.map((cell) => ({ name: cell.className, at: cell.getBoundingClientRect() }));
      for (const { name, at } of rects) if (at.top < row.top - 1 || at.bottom > row.bottom + 1) over.push(`${name} leaves its row`);
      for (const cell of cells) if (cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).overflowX === 'visible') over.push(`${cell.className} leaves its place`);
      rects.forEach((a, i) => rects.slice(i + 1).forEach((b) => {
        if (Math.min(a.at.right, b.at.right) - Math.max(a.at.left, b.at.left) > 1 && Math.min(a.at.bottom, b.at.bottom) - Math.max(a.at.top, b.at.top) > 1) over.push(`${a.name} over ${b.name}`);
      }));
    }
    boxes.slice(1).forEach(({ row }, at) => row.top < boxes[at].row.bottom - 1 && over.push('a row over the next'));
    return over;
  });
  told.head = (await header.count()) ? await header.evaluate((head) => Math.max(...[...head.querySelectorAll('button')].map((button) => button.getBoundingClientRect().bottom)) - head.getBoundingClientRect().bottom) : 0;
  const box = page.locator('#calls .box');
  await box.focus();
  await page.keyboard.press('End');
  await settled(page);
  told.last_seen = await box.evaluate((element) => {
    const [around, row] = [element.getBoundingClientRect(), element.querySelector('.active')?.getBoundingClientRect()];
    return row !== undefined && row.bottom <= around.bottom + 1 && row.top >= around.top - 1;
  });
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog .body');
  // What room the title has, in letters.
  told.title = await page.locator('dialog .title').evaluate((title) => title.clientWidth / parseFloat(getComputedStyle(title).fontSize));
  await page.waitForSelector('dialog .frame');
  await reader.open_frame(page.locator('dialog .frame').first());
  told.dialog = await page.locator('dialog').evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
  await reader.close();
  return told;
}

// How the table, a call and the time line tell when calls began.
export async function times(browser, { url, width = 1280 }) {
  const reader = await Reader.open(browser, address_of(url), { width });
  const { page } = reader;
  await reader.section('calls');
  const rows = page.locator('#calls .row .time');
  const told = { first: await rows.first().innerText(), cut: await rows.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length), print: await page.locator('#small-print dl').innerText() };
  await page.locator('#calls .row').first().click();
  await page.waitForSelector('dialog .facts');
  told.call = await page.locator('dialog .facts dd').first().innerText();
  await reader.close();
  return told;
}
