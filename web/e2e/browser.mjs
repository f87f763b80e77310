// A browser, and pages of it that are watched: whatever a reader should not meet is a trouble.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const kQuiet = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...kQuiet, ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
  });

// What of it a page may ask for: a file only itself, what is served its own origin.
const own = (url) => (url.startsWith('file:') ? (asked) => asked === url.split('#')[0] : (asked) => asked.startsWith(`${new URL(url).origin}/`));

export class Reader {
  troubles = [];

  static async open(browser, url, { width = 1280, height = 900, dark = false, motion = false, wait = '#verdict' } = {}) {
    const reader = new Reader();
    reader.context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: motion ? 'no-preference' : 'reduce' });
    const page = (reader.page = await reader.context.newPage());
    const may = own(url);
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && reader.troubles.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => reader.troubles.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const asked = request.url().split('#')[0];
      if (!may(asked) && !asked.startsWith('data:')) reader.troubles.push(`request: ${asked}`);
    });
    page.on('dialog', (dialog) => {
      reader.troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('framenavigated', (frame) => frame !== page.mainFrame() && reader.troubles.push(`frame: ${frame.url()}`));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
    await page.goto(url);
    await page.waitForSelector(wait);
    return reader;
  }

  // `expected`: what happens to the page on purpose is none.
  async close(expected = null) {
    await this.context.close();
    const troubles = this.troubles.filter((trouble) => !expected?.test(trouble));
    if (troubles.length) throw new Error(`the page is not clean: ${troubles.slice(0, 5).join('; ')}`);
  }

  text(selector) {
    return this.page.locator(selector).first().innerText();
  }

  // A section is made when it comes near.
  async section(id) {
    await this.page.evaluate((at) => document.getElementById(at).scrollIntoView({ behavior: 'instant' }), id);
    await this.page.waitForFunction((at) => {
      const [, first, ...more] = document.getElementById(at).children;
      return more.length > 0 || first?.childElementCount > 0 || first?.textContent;
    }, id);
    return this.page.locator(`#${id}`);
  }

  async sections() {
    for (const id of ['flow', 'timeline', 'latency', 'calls', 'findings', 'small-print']) await this.section(id);
  }

  async shown() {
    return (await this.text('.shown')).match(/[\d.,]+/g).map((n) => Number(n.replace(/[.,]/g, '')));
  }

  async call_id() {
    return this.text('dialog .title p.mono');
  }

  // The octets of a frame that is open, in the order in which they stand there; those that are veiled are '··'.
  octets(frame) {
    return frame.locator('.hex .codes > span').evaluateAll((all) => all.map((one) => one.textContent).join(''));
  }

  // Opens a frame down to all of its octets.
  async open_frame(frame) {
    if ((await frame.locator('.details').count()) === 0) await frame.locator('.arrow').click();
    const payload = frame.locator('.details h4 .link');
    if ((await payload.count()) && (await payload.innerText()) === 'Show payload') await payload.click();
    const more = frame.locator('.details > p:last-child .link');
    while (await more.count()) await more.click();
    return this.octets(frame);
  }

  // How far anything that can be seen reaches beyond the screen, in CSS pixels; what scrolls in a box of its own does not count.
  beyond() {
    return this.page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      const clipped = (element) => {
        for (let at = element; at && at !== document.body; at = at.parentElement) {
          if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(at).overflowX) && at.getBoundingClientRect().right <= width + 1) return true;
        }
        return false;
      };
      const over = [...document.body.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > width + 1 && element.checkVisibility() && !clipped(element));
      return { page: document.documentElement.scrollWidth - width, elements: over.slice(0, 5).map((element) => element.outerHTML.slice(0, 120)) };
    });
  }

  rows() {
    return this.page.locator('#calls .box').getAttribute('aria-rowcount').then((rows) => Number(rows) - 1);
  }
}

export const address_of = (path) => (path.startsWith('/') ? `file://${path}` : path);
export const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export function must(yes, what) {
  if (!yes) throw new Error(what);
}
