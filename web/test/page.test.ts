// The built page: dist/page.html must be of these sources, in one file, and named by its policy.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escaped, filled, kPlaceholder, sample } from '../dev/sample';
import { inert_script } from '../tools/inline';

const root = new URL('..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'testigo-page-'));
let page = '';
beforeAll(async () => {
  const mode = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await build({ root, logLevel: 'silent', mode: 'production', build: { outDir: folder, emptyOutDir: false } });
  process.env.NODE_ENV = mode;
  page = readFileSync(join(folder, 'page.html'), 'utf8');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
function between(text: string, begin: string, end: string): string {
  const from = text.indexOf(begin) + begin.length;
  return text.slice(from, text.indexOf(end, from));
}

describe('the page', () => {
  it('is the one that is committed', () => expect(readFileSync(join(root, 'dist/page.html'), 'utf8') === page, 'npm run build makes dist/page.html anew').toBe(true));

  it('has a policy that names its script and its style, and nothing else', () => {
    const script = between(page, '<script type="module">', '</script>');
    const style = between(page, '<style>', '</style>');
    expect(script.length).toBeGreaterThan(50_000);
    expect(style.length).toBeGreaterThan(5_000);
    expect(between(page, 'http-equiv="Content-Security-Policy" content="', '"')).toBe(
      `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'`,
    );
    expect(page.match(/<script/g)?.length).toBe(2);
    expect(page.match(/<style/g)?.length).toBe(1);
  });

  it('asks for nothing', () => {
    const outside = page.replace(/<script type="module">.*<\/script>/s, '').replace(/<style>.*<\/style>/s, '');
    expect(outside).not.toMatch(/\b(src|href)\s*=\s*["']?(?!data:)[^"'\s>]/);
    expect(outside).not.toMatch(/\son\w+=|\sstyle=/);
    expect(between(page, '<style>', '</style>')).not.toMatch(/@import|url\((?!["']?data:)/);
  });

  it('keeps the licences of what is in it', () => {
    for (const owner of ['Leon Sorokin', 'Svelte Contributors', 'Luke Edwards']) expect(page).toContain(owner);
  });

  it('has one place for the document, and what fills it cannot leave it', () => {
    expect(page.split(kPlaceholder).length).toBe(2);
    const document = sample({ calls: 60, hostile: true });
    const text = between(filled(page, document), '<script type="application/json" id="testigo-page">', '</script>');
    expect(text).toBe(escaped(document));
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('keeps a script from ending its element', () => {
    expect(inert_script(' a="</script>";b="<!--x" ')).toBe('a="<\\/script>";b="<\\!--x"');
  });
});
