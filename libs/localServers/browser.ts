import { ensureProgram, type Search } from './ensurePrograms.ts';
import { findProgram } from './findProgram.ts';

/** Under its names: Chromium's and Chrome's. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC_PROGRAMS = [
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Google Chrome.app/Contents/MacOS',
];
const MAC_NAMES = ['Chromium', 'Google Chrome'];

/** The path of a Chromium or a Chrome; a Chromium is installed first where there is neither. */
export async function ensureBrowser(search: Search): Promise<string> {
  const found = await findBrowser(search.searchPath);
  return found ?? (await ensureProgram('chromium', search));
}

async function findBrowser(searchPath: string): Promise<string | null> {
  const candidates = [
    ...NAMES.map((name) => [name, searchPath] as const),
    ...MAC_PROGRAMS.flatMap((folder) => MAC_NAMES.map((name) => [name, folder] as const)),
  ];
  for (const [name, path] of candidates) {
    const found = await findProgram(name, path);
    if (found !== null) return found;
  }
  return null;
}
