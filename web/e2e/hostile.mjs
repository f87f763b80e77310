// Evidence that was made to be more than text.
import { address_of, must, Reader } from './browser.mjs';

const kActive = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

// Opens all that can be opened, and looks for what evidence has made of the page.
export async function hostile(browser, { url, title, marks }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  await reader.sections();
  const seen = [];
  const note = async () => {
    const text = await page.evaluate(() => document.body.innerText);
    const active = kActive.exec(text);
    must(!active, `U+${active?.[0].charCodeAt(0).toString(16)} stands in the page: ${JSON.stringify(text.slice(0, active?.index).slice(-60))}`);
    seen.push(text);
  };
  await note();
  for (const button of await page.locator('#claims button.claim, #findings button.group').all()) await button.click();
  await note();
  const rows = Math.min(await reader.rows(), 8);
  for (let at = 0; at < rows; at++) {
    await page.evaluate(() => document.getElementById('calls').scrollIntoView({ behavior: 'instant' }));
    await page.locator(`#call-${at}`).click();
    await page.waitForSelector('dialog[open] .sequence');
    const frames = await page.locator('dialog .frame').all();
    for (const frame of frames.length > 12 ? [...frames.slice(0, 8), ...frames.slice(-4)] : frames) {
      if ((await frame.locator('.details').count()) === 0) await frame.locator('.arrow').click();
      const payload = frame.locator('.details h4 .link');
      if (await payload.count()) await payload.click();
    }
    await note();
    await page.keyboard.press('Escape');
  }
  const made = await page.evaluate(() => ({
    elements: [...document.body.querySelectorAll('img, iframe, object, embed, video, form, base, meta, link, marquee, a[href]:not([href^="#"])')]
      .map((one) => one.outerHTML.slice(0, 100)),
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some((attribute) => attribute.name.startsWith('on'))).length,
    title: document.title,
    done: window.hacked ?? null,
  }));
  must(made.elements.length === 0, `elements were made: ${made.elements.join(' ')}`);
  must(made.handlers === 0, 'an element has a handler in its markup');
  must(made.done === null, 'a script of the evidence has run');
  must(made.title === title, `the title is ${made.title}`);
  const all = seen.join('\n');
  const missing = marks.filter((mark) => !all.includes(mark));
  must(missing.length === 0, `not to be seen as text: ${missing.join(', ')}`);
  must((await reader.beyond()).page <= 0, 'hostile text makes the page wider');
  await reader.close();
  return { scripts: made.scripts, rows };
}

// A document whose names are not what names should be: all of it is shown, and what has one name is chosen together.
export async function odd(browser, { url, name }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  await reader.sections();
  const search = page.getByRole('search');
  const options = (label) => search.getByLabel(label, { exact: true }).locator('option').allInnerTexts();
  const told = { title: await page.title(), clients: await options('Client'), methods: await options('Method'), checks: await page.locator('#findings .group .check').allInnerTexts(), sums: await reader.text('#findings .sums') };
  await search.getByLabel('Client', { exact: true }).selectOption(`:${name}`);
  told.of_name = (await reader.shown())[0];
  await page.locator('.chips .link').click();
  told.only = {};
  for (const button of await page.locator('.only button').all()) {
    const said = Number((await button.locator('.number').innerText()).replace(/\D/g, ''));
    await button.click();
    told.only[(await button.innerText()).replace(/\s+\d+$/, '').trim()] = [said, (await reader.shown())[0]];
    await button.click();
  }
  const gathered = page.locator('#flow g.client').last();
  told.gathered = await gathered.getAttribute('aria-label');
  await gathered.click();
  told.of_gathered = (await reader.shown())[0];
  told.chips = await page.locator('.chips li').allInnerTexts();
  await page.waitForFunction(() => location.hash.includes('except=')); // it is written a little later
  told.hash = await page.evaluate(() => location.hash);
  await page.reload();
  await page.waitForSelector('#verdict');
  told.again = (await reader.shown())[0];
  await reader.section('flow');
  told.pressed = await page.locator('#flow g.client[aria-pressed=true]').count();
  await page.locator('#flow g.client').last().click();
  told.none = (await reader.shown())[0];
  told.beyond = (await reader.beyond()).page;
  await reader.close();
  return told;
}
