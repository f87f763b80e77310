// Makes one file of the page: script and style stand in it, and its content security policy names them by their hashes.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

export const policy = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

// In a script element `</script` ends it and `<!--` changes how the rest is read; both only ever stand in literals here.
export const inert_script = (code: string): string =>
  code.trim().replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');

// Whose code is in the script; their licences ask to be kept with it.
const kBorrowed: [name: string, licence: string][] = [
  ['Svelte', '../node_modules/svelte/LICENSE.md'],
  ['clsx', '../node_modules/clsx/license'],
  ['uPlot', '../node_modules/uplot/LICENSE'],
];

const notices = (): string =>
  kBorrowed
    .map(([name, file]) => `This page has code of ${name} in it.\n\n${readFileSync(new URL(file, import.meta.url), 'utf8').trim()}`)
    .join('\n\n')
    .replace(/\r/g, '')
    .replace(/--/g, '- -');

export function inline(): Plugin {
  return {
    name: 'testigo-inline',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const all = Object.values(bundle);
      const page = all.find((file) => file.type === 'asset' && file.fileName.endsWith('.html'));
      const chunks = all.filter((file) => file.type === 'chunk');
      const styles = all.filter((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
      if (page?.type !== 'asset' || chunks.length !== 1 || all.length !== 2 + styles.length) {
        throw new Error(`the page must be one script: ${all.map((file) => file.fileName).join(', ')}`);
      }
      const script = inert_script(chunks[0]?.type === 'chunk' ? chunks[0].code : '');
      const style = styles.map((file) => (file.type === 'asset' ? String(file.source).trim() : '')).join('\n');
      page.source = String(page.source)
        .replace(/\s*<link rel="stylesheet"[^>]*>/g, '')
        .replace(/\s*<script type="module"[^>]*src=[^>]*><\/script>/, '')
        .replace('<!--notices-->', () => `<!--\n${notices()}\n-->`)
        .replace('<!--policy-->', () => `<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">`)
        .replace('<!--style-->', () => `<style>${style}</style>`)
        .replace('<!--script-->', () => `<script type="module">${script}</script>`);
      for (const file of all) if (file !== page) delete bundle[file.fileName];
    },
  };
}
