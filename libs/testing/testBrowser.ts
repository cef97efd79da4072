import { ensureBrowser } from '#libs/localServers/browser.ts';

/** The program of the browser that tests drive; installed first where it is missing. */
export function findTestBrowser(): Promise<string> {
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  return ensureBrowser({ searchPath: process.env.PATH ?? '', report });
}
