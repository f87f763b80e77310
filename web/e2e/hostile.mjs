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
