// node e2e/shots.mjs REPORT.html FOLDER: the pictures of the page in the README, of a report of a run that somebody lied in.
import { address_of, launch, Reader } from './browser.mjs';

const [report, folder] = process.argv.slice(2);
const url = address_of(report);
const browser = await launch();

const whole = await Reader.open(browser, url, { width: 1440, height: 1500 });
await whole.sections();
await whole.page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
await whole.page.waitForTimeout(500);
await whole.page.screenshot({ path: `${folder}/page.png` });
await whole.close();

// From the exhibit to the octets that say so.
async function octets(reader) {
  const { page } = reader;
  const claim = page.locator('#claims li.BROKEN').first();
  await claim.locator('button.claim').click();
  await claim.locator('.says .link').first().click();
  await page.waitForSelector('dialog .frame.wanted');
  const frame = page.locator('dialog .frame.wanted').first();
  await reader.open_frame(frame);
  await frame.locator('.parts button').filter({ hasText: /client/ }).last().hover();
  await page.waitForTimeout(400);
}

const call = await Reader.open(browser, url, { width: 1440, height: 1500 });
await octets(call);
await call.page.screenshot({ path: `${folder}/page-call.png` });
await call.close();

const phone = await Reader.open(browser, url, { width: 390, height: 844, dark: true });
await phone.page.waitForTimeout(300);
await phone.page.screenshot({ path: `${folder}/page-phone.png` });
await phone.close();
await browser.close();
