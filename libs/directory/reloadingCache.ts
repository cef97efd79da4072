import { LRUCache } from 'lru-cache';

interface Entry<Value> {
  readonly value: Value;
  readonly checkedAt: number;
  /** How often everything had been doubted when it was asked for. */
  readonly doubts: number;
}

/**
 * Values by id, loaded when they are asked for. The life of a value:
 *
 *   younger than ttlMs          used as it is
 *   up to twice that age        used, and reloaded behind the caller's back
 *   older                       reloaded first; while that fails, used all the same
 *   doubted                     reloaded for whoever asks, again and again until doubtMs are over: changes of meanwhile
 *                               are announced only then. While that fails, not used; and one that was not reloaded
 *                               since, not before uncheckedMs are over: whoever had to announce its change may be dead
 *   forgotten (it has changed)  gone: must be loaded anew, else the caller gets the failure
 *
 * A load that was under way when its value was forgotten or doubted still answers whoever waits for it, but is neither
 * kept nor given to anybody who comes later.
 */
export class ReloadingCache<Value extends NonNullable<unknown> | null> {
  readonly #load: (key: number) => Promise<Value>;
  readonly #clock: () => number;
  readonly #ttlMs: number;
  readonly #entries: LRUCache<number, Entry<Value>>;
  readonly #loading = new Map<number, Promise<Value>>();
  readonly #doubtMs: number;
  readonly #uncheckedMs: number;
  /** How often everything has been doubted, and when last. */
  #doubts = 0;
  #doubtedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    readonly load: (key: number) => Promise<Value>;
    readonly clock: () => number;
    readonly ttlMs: number;
    readonly doubtMs: number;
    readonly uncheckedMs: number;
    readonly maxEntries: number;
  }) {
    this.#load = parts.load;
    this.#clock = parts.clock;
    this.#ttlMs = parts.ttlMs;
    this.#doubtMs = parts.doubtMs;
    this.#uncheckedMs = parts.uncheckedMs;
    this.#entries = new LRUCache({ max: parts.maxEntries });
  }

  /** The value when it can be had without waiting. */
  peek(key: number): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry || this.#doubtedWithin(this.#doubtMs)) return undefined;
    const ageMs = this.#clock() - entry.checkedAt;
    if (ageMs >= 2 * this.#ttlMs || entry.doubts < this.#doubts) return undefined;
    if (ageMs >= this.#ttlMs) void this.#reload(key).catch(() => {});
    return entry.value;
  }

  async get(key: number): Promise<Value> {
    const value = this.peek(key);
    if (value !== undefined) return value;
    try {
      return await this.#reload(key);
    } catch (error) {
      const old = this.#entries.get(key);
      if (!old || !this.#mayFallBackOn(old)) throw error;
      // Not asked again at once: the next callers needn't wait for the same failure.
      const checkedAt = this.#clock() - this.#ttlMs;
      this.#entries.set(key, { value: old.value, checkedAt, doubts: this.#doubts });
      return old.value;
    }
  }

  #mayFallBackOn({ doubts }: Entry<Value>): boolean {
    return !this.#doubtedWithin(doubts < this.#doubts ? this.#uncheckedMs : this.#doubtMs);
  }

  /** A clock that was set back makes it last no longer. */
  #doubtedWithin(ms: number): boolean {
    const agoMs = this.#clock() - this.#doubtedAt;
    return agoMs >= 0 && agoMs < ms;
  }

  forget(key: number): void {
    this.#entries.delete(key);
    this.#loading.delete(key);
  }

  /** Changes may have gone unnoticed: what is known is asked for once more before it is used. */
  doubtAll(): void {
    this.#doubts += 1;
    this.#doubtedAt = this.#clock();
    this.#loading.clear();
  }

  forgetAll(): void {
    this.#entries.clear();
    this.#loading.clear();
  }

  #reload(key: number): Promise<Value> {
    const running = this.#loading.get(key);
    if (running) return running;
    const asked = { checkedAt: this.#clock(), doubts: this.#doubts };
    const isCurrent = () => this.#loading.get(key) === loading;
    const loading = this.#load(key)
      .then((value) => {
        if (isCurrent()) this.#entries.set(key, { value, ...asked });
        return value;
      })
      .finally(() => {
        if (isCurrent()) this.#loading.delete(key);
      });
    this.#loading.set(key, loading);
    return loading;
  }
}
