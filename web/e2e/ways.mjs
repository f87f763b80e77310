// Ways through the page that several scenarios take.

// The frame that was led to, once it is in sight.
export async function wanted_frame(reader) {
  await reader.page.waitForSelector('dialog .frame.wanted');
  const frame = reader.page.locator('dialog .frame.wanted').first();
  await reader.page.waitForFunction(() => {
    const box = document.querySelector('dialog .frame.wanted').getBoundingClientRect();
    return box.top >= 0 && box.top < innerHeight;
  });
  return frame;
}

// From the first finding of a check to the frame that it is about.
export async function to_frame(reader, check) {
  await reader.section('findings');
  const group = reader.page.locator('#findings .groups > li').filter({ has: reader.page.locator(`.group .check:text-is("${check}")`) });
  await group.locator('button.group').click();
  const first = group.locator('ul.one > li').first();
  const told = { text: await first.locator('.says .text').textContent(), place: await first.locator('.small').first().innerText() };
  await first.locator('button.link').first().click();
  const frame = await wanted_frame(reader);
  told.packet = Number((await frame.locator('.packet').innerText()).match(/\d+/)[0]);
  told.octets = await reader.open_frame(frame);
  told.findings = await reader.page.locator('dialog .findings .check').allInnerTexts();
  told.commands = await reader.page.locator('dialog .command code').allInnerTexts();
  return told;
}
