import type { SampledType } from '#libs/domain/sampleEvents.ts';
import type { Answer, Post } from './customer.ts';
import { addUp, type Check } from './figures.ts';
import type { Screen } from './screen.ts';
import { Story } from './story.ts';
import { type Paint, showTable, summaryTable, type Tallies } from './table.ts';

/** Without a live table, a line with the totals this often: in the show, and after it. */
const PLAIN_INTERVAL_S = 2;
const CALM_INTERVAL_S = 30;
const TYPE_WIDTH = 13;
const KNOWN_FAILURES = ['DemoFailure', 'MissingProgramError', 'PublishError', 'ServerStartError'];

/** Tells the demo to whoever watches: calm lines, and on a terminal a table that is always up to date. */
export class Narrator {
  readonly #screen: Screen;
  readonly #paint: Paint;
  readonly #story: Story;
  readonly #planned: ReadonlyMap<SampledType, number>;
  #plainIntervalS = PLAIN_INTERVAL_S;
  #plainAtS = PLAIN_INTERVAL_S;

  constructor(parts: {
    readonly screen: Screen;
    readonly paint: Paint;
    readonly retryIntervalMs: number;
    /** How many events each type will have. */
    readonly planned: ReadonlyMap<SampledType, number>;
  }) {
    this.#screen = parts.screen;
    this.#paint = parts.paint;
    this.#story = new Story(parts);
    this.#planned = parts.planned;
  }

  title(title: string): void {
    this.#screen.line(this.#paint('bold', title));
  }

  /** Ends whatever was live. */
  chapter(title: string): void {
    this.#screen.close();
    this.#screen.line();
    this.#screen.line(this.#paint('bold', title));
  }

  failure(error: unknown): void {
    this.#screen.close();
    this.#screen.line();
    this.#screen.line(this.#paint('red', `✗ ${describe(error)}`));
  }

  say(text: string): void {
    this.#screen.line(`  ${text}`.trimEnd());
  }

  done(text: string): void {
    this.#screen.line(`  ${this.#paint('green', '✓')} ${text}`);
  }

  ofType(type: SampledType, text: string): void {
    this.#screen.line(`  ${this.#paint('cyan', type.padEnd(TYPE_WIDTH))} ${text}`);
  }

  /** What the customer answered, if that is worth a line. */
  answered(post: Post, answer: Answer, elapsedS: number): void {
    const sentence = this.#story.tell(post, answer);
    if (sentence === null) return;
    const style = answer.status === 200 ? 'green' : 'yellow';
    const type = this.#paint('cyan', post.type.padEnd(TYPE_WIDTH));
    this.#screen.line(`  ${clock(elapsedS)}  ${type} ${this.#paint(style, sentence)}`);
  }

  progress(tallies: Tallies, elapsedS: number): void {
    if (this.#screen.isLive) {
      this.#showTable(tallies, elapsedS);
    } else if (elapsedS >= this.#plainAtS) {
      this.#plainAtS = elapsedS + this.#plainIntervalS;
      this.#screen.line(`  ${clock(elapsedS)}  ${totals(tallies)}`);
    }
  }

  /** From now on it may go on for hours. */
  calmDown(): void {
    this.#plainIntervalS = CALM_INTERVAL_S;
  }

  summary(tallies: Tallies, checks: readonly Check[]): void {
    this.chapter('Summary');
    for (const line of summaryTable(tallies, this.#paint)) this.#screen.line(line);
    this.#screen.line();
    for (const { holds, says } of checks) {
      if (holds) this.done(says);
      else this.#screen.line(`  ${this.#paint('red', `✗ ${says}`)}`);
    }
  }

  #showTable(tallies: Tallies, elapsedS: number): void {
    const stateOf = (type: SampledType) => this.#story.stateOf(type);
    const table = showTable({ tallies, planned: this.#planned, stateOf }, this.#paint);
    this.#screen.live(['', ...table, '', this.#paint('dim', `  ${clock(elapsedS)}  ${totals(tallies)}`)]);
  }
}

/** Failures that we know are sentences; of any other, the stack tells more. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return KNOWN_FAILURES.includes(error.name) ? error.message : (error.stack ?? error.message);
}

function clock(elapsedS: number): string {
  return `${elapsedS.toFixed(1)} s`.padStart(7);
}

function totals(tallies: Tallies): string {
  const { published, delivered, batches, retried, waiting } = addUp([...tallies.values()]);
  const parts = { in: published, delivered, batches, retried, waiting };
  return Object.entries(parts)
    .map(([name, value]) => `${name} ${value.toLocaleString('en-US')}`)
    .join(' · ');
}
