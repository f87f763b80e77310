// What the page says of evidence, and the ways from a claim or a finding down to octets.
import { address_of, must, Reader } from './browser.mjs';
import { to_frame, wanted_frame } from './ways.mjs';

// All that is compared with report.json and the statements.
export async function read(browser, { url }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  await reader.sections();
  const told = {
    title: await page.title(),
    verdict: await reader.text('#verdict-word'),
    claims: await page.locator('#claims ol > li').evaluateAll((all) =>
      all.map((li) => ({
        outcome: li.className.match(/PROVEN|BROKEN|INCONCLUSIVE/)[0],
        number: Number(li.querySelector('.n').textContent),
        sentence: li.querySelector('.sentence .text').textContent,
        because: li.querySelector('.because .text').textContent,
        tag: li.querySelector('.end .tag').textContent.trim(),
        exhibits: Number(li.querySelector('.end .small').textContent.match(/\d+/)[0]),
      })),
    ),
    causes: await page.locator('#causes .title, #causes h3').allInnerTexts(),
    calls: await reader.rows(),
    clients: await page.locator('#flow g.client').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label'))),
    servers: await page.locator('#flow g.server').evaluateAll((all) => all.map((one) => one.querySelector('.name').textContent)),
    latency: await page.locator('#latency tbody').first().locator('tr').evaluateAll((rows) =>
      Object.fromEntries(rows.map((row) => [row.querySelector('.who').textContent, [...row.querySelectorAll('td')].map((cell) => cell.textContent)])),
    ),
    findings: (await page.locator('#findings .sums strong').allInnerTexts()).slice(0, 3),
    failed: Object.fromEntries(await page.locator('#findings .groups > li').evaluateAll((all) =>
      all.map((one) => [one.querySelector('.check').textContent, one.querySelector('.times').textContent.replace(/\D/g, '')]))),
    checks: Object.fromEntries(await page.locator('#findings dl > div').evaluateAll((all) =>
      all.map((one) => [one.querySelector('dt').textContent.trim(), [...one.querySelectorAll('dd > span')].map((span) => span.textContent.split(' ')[0])]),
    )),
  };
  await reader.close();
  return told;
}

async function frames(reader) {
  const all = [];
  for (const frame of await reader.page.locator('dialog .frame').all()) {
    all.push({
      packet: Number((await frame.locator('.packet').innerText()).match(/\d+/)[0]),
      direction: (await frame.getAttribute('class')).match(/to-server|to-client/)[0],
      type: await frame.locator('.type').evaluate((type) => type.firstChild.textContent),
      octets: await reader.open_frame(frame),
      parts: await frame.locator('.parts button').allInnerTexts(),
      fields: await frame.locator('.details tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].slice(0, 2).map((cell) => cell.textContent.trim()))),
    });
  }
  return all;
}

// From a claim's exhibit to its call, and down to the octets of every frame of it.
export async function exhibit(browser, { url, claim, at = 0 }) {
  const reader = await Reader.open(browser, address_of(url));
  const { page } = reader;
  const item = page.locator('#claims ol > li').nth(claim - 1);
  await item.locator('button.claim').click();
  const shown = item.locator('.exhibits > ul > li').nth(at);
  const octets = await shown.locator('.octets span:not(.hidden)').first().textContent();
  const told = { text: await shown.locator('.says .text').textContent(), octets: octets.replaceAll(' ', '') };
  await shown.locator('.says .link').click();
  const frame = await wanted_frame(reader);
  told.wanted = Number((await frame.locator('.packet').innerText()).match(/\d+/)[0]);
  must(!/[0-9a-f]/.test(await veiled(frame)), 'a payload shows before it is asked for');
  told.wanted_octets = await reader.open_frame(frame);
  told.call = await reader.call_id();
  told.frames = await frames(reader);
  told.differences = await page.locator('dialog .sequence .difference').allInnerTexts();
  told.statements = await page.locator('dialog .sequence .statement').allInnerTexts();
  told.url = page.url();
  await reader.close();
  return told;
}

// The octets of a message, before anybody asked to see them.
async function veiled(frame) {
  await frame.locator('.arrow').click();
  const octets = await frame.locator('.hex .veiled').evaluateAll((all) => all.map((one) => one.textContent).join(''));
  await frame.locator('.arrow').click();
  return octets;
}

// From a finding to the frame that it is about.
export async function finding(browser, { url, check }) {
  const reader = await Reader.open(browser, address_of(url));
  const told = await to_frame(reader, check);
  await reader.close();
  return told;
}
