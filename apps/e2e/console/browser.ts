import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findTestBrowser } from '#libs/testing/testBrowser.ts';

/** Nothing that a browser does on its own account: no update, no sign-in, no guesses about the network. */
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Pictures of text in greys are half as big.
  '--disable-lcd-text',
];
const AXE_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Under everything that a busy machine needs, and less than a test has. */
const PATIENCE_MS = 20_000;

/** A page of the console, with a note of what it must not do. */
export interface ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Requests that were not to the console's own server. */
  readonly strangers: readonly string[];
  /** What the browser complained of, such as a breach of the content security policy. */
  readonly complaints: readonly string[];
  open(path: string): Promise<void>;
  /** Signs in without the form. */
  signIn(user: string, password: string): Promise<void>;
  /** Of what it noted: another page was open, which is tested elsewhere. */
  forget(): void;
  /** What the accessibility checker finds, a line each. */
  findBarriers(): Promise<string[]>;
}

export class ConsoleBrowser {
  readonly #browser: Browser;
  readonly #origin: string;

  private constructor(browser: Browser, origin: string) {
    this.#browser = browser;
    this.#origin = origin;
  }

  static async start(origin: string): Promise<ConsoleBrowser> {
    const executablePath = await findTestBrowser();
    const browser = await chromium.launch({ executablePath, args: ARGS, chromiumSandbox: false });
    return new ConsoleBrowser(browser, origin);
  }

  /** In a context of its own: no cookie of another. */
  async newPage(options: { readonly width?: number; readonly height?: number } = {}): Promise<ConsolePage> {
    const { width = 1280, height = 800 } = options;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const strangers: string[] = [];
    const complaints: string[] = [];
    context.on('request', (request) => {
      if (!request.url().startsWith(`${this.#origin}/`)) strangers.push(request.url());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // A refused request is an answer, of which the page tells by itself.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        complaints.push(message.text());
      }
    });
    return {
      page,
      context,
      strangers,
      complaints,
      open: async (path) => void (await page.goto(this.#origin + path)),
      signIn: async (user, password) => {
        const answer = await context.request.post(`${this.#origin}/rest/session`, {
          data: { user, password },
        });
        if (!answer.ok()) throw new Error(`Signing in was answered with ${answer.status()}`);
      },
      forget() {
        strangers.length = 0;
        complaints.length = 0;
      },
      findBarriers: () => findBarriers(page),
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

async function findBarriers(page: Page): Promise<string[]> {
  // By the debugger: the page's own policy lets no foreign script in.
  await page.evaluate(`if (!globalThis.axe) { ${axe.source} }; undefined`);
  const options = JSON.stringify({ runOnly: AXE_RULES, resultTypes: ['violations'] });
  const { violations } = (await page.evaluate(`axe.run(document, ${options})`)) as AxeResult;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}: ${html} ${failureSummary}`),
  );
}
