/** What was asked of a webhook, and what was answered. Times are epoch ms. */
export interface WebhookChange {
  readonly endpoint: string;
  readonly change: 'activate' | 'deactivate' | 'retarget';
  /** When the first request for it was sent. */
  readonly requestedAt: number;
  /** When it was certain: the answer, or a later look after an answer was lost. */
  readonly doneAt: number;
  /** Of a retarget: which revision the target's URL has from now on. */
  readonly revision?: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const FOR_EVER = Number.POSITIVE_INFINITY;

/**
 * When a webhook was activated, as far as its customer can know: certainly between the answer to "activate" and
 * the request to "deactivate", certainly not between the answer to that and the next request to "activate".
 */
export class Activation {
  readonly #on: readonly Span[];
  readonly #off: readonly Span[];
  readonly #targets: readonly { readonly revision: number; readonly doneAt: number }[];

  constructor(changes: readonly WebhookChange[]) {
    this.#on = spans(changes, 'activate', 'deactivate');
    this.#off = [
      { from: 0, to: changes.find(({ change }) => change === 'activate')?.requestedAt ?? FOR_EVER },
      ...spans(changes, 'deactivate', 'activate'),
    ];
    this.#targets = changes.flatMap(({ revision, doneAt }) =>
      revision === undefined ? [] : [{ revision, doneAt }],
    );
  }

  /** The webhook was activated from before `from` until after `to`. */
  surelyOn(from: number, to: number): boolean {
    return this.#on.some((span) => span.from <= from && to <= span.to);
  }

  /** The webhook was not activated at any moment between. */
  surelyOff(from: number, to: number): boolean {
    return this.#off.some((span) => span.from <= from && to <= span.to);
  }

  /** The revision of the target that certainly was replaced before `at` cannot be used at `at`. */
  isOldTarget(revision: number, at: number): boolean {
    return this.#targets.some((target) => target.revision > revision && target.doneAt <= at);
  }
}

function spans(
  changes: readonly WebhookChange[],
  begin: WebhookChange['change'],
  end: WebhookChange['change'],
): Span[] {
  return changes.flatMap(({ change, doneAt }, index) => {
    if (change !== begin) return [];
    const next = changes.slice(index + 1).find((later) => later.change === end);
    return [{ from: doneAt, to: next?.requestedAt ?? FOR_EVER }];
  });
}
