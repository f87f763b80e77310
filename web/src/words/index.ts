import { en, type Words } from './en';
import { es } from './es';

export type Lang = 'en' | 'es';
export const kWords: Record<Lang, Words> = { en, es };
export const is_lang = (text: string | null | undefined): text is Lang => text === 'en' || text === 'es';
export type { Words };
