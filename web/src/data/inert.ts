// Text of the run made harmless: what is invisible or turns the direction of writing stands as \u{..}.

// C0 and C1 controls, bidi marks, invisible spaces and joiners, line separators, tags, noncharacters, lone surrogates.
const kActive =
  /[\u{0}-\u{1f}\u{7f}-\u{9f}\u{ad}\u{61c}\u{180e}\u{200b}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{fdd0}-\u{fdef}\u{e0000}-\u{e0fff}\u{d800}-\u{dfff}]|[\u{fffe}\u{ffff}]/u;

export interface Run {
  text: string;
  escaped: boolean;
}

const escape = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

export function runs(text: string): Run[] {
  const found: Run[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain) found.push({ text: plain, escaped: false });
    plain = '';
  };
  if (!kActive.test(text)) return text ? [{ text, escaped: false }] : [];
  for (const character of text) {
    if (!kActive.test(character)) {
      plain += character;
      continue;
    }
    flush();
    const last = found[found.length - 1];
    if (last?.escaped) last.text += escape(character);
    else found.push({ text: escape(character), escaped: true });
  }
  flush();
  return found;
}

export const inert = (text: string): string => runs(text).map((run) => run.text).join('');

// The first `limit` code units, never half of a pair.
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}

// Short and inert, for marks in drawings and cells.
export function short(text: string, limit: number): string {
  const safe = inert(cut(text, limit * 2));
  return safe.length > limit || text.length > limit * 2 ? `${cut(safe, limit - 1)}…` : safe;
}
