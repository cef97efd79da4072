import type { SampledType } from '#libs/domain/sampleEvents.ts';
import type { Answer, Post } from './customer.ts';

/** Why an endpoint does not take a POST, or null when this rule has nothing against it. */
export type Rule = (post: Post) => Answer | null;

const ACCEPTED: Answer = { status: 200, text: 'Thank you.' };

/** What the sample customer's endpoints answer: the first rule that objects, else 200. */
export class Endpoints {
  readonly #rules = new Map<SampledType, Rule[]>();
  /** Hears of each POST and its answer. */
  onAnswered: (post: Post, answer: Answer) => void = () => {};

  add(type: SampledType, rule: Rule): void {
    this.#rules.set(type, [...(this.#rules.get(type) ?? []), rule]);
  }

  answer(post: Post): Answer {
    const objections = (this.#rules.get(post.type) ?? []).map((rule) => rule(post));
    const answer = objections.find((objection) => objection !== null) ?? ACCEPTED;
    this.onAnswered(post, answer);
    return answer;
  }
}

export function wantsBasicAuth(userName: string, password: string): Rule {
  const wanted = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
  return ({ authorization }) => {
    return authorization === wanted ? null : { status: 401, text: 'A user name and a password, please.' };
  };
}

export function failsFirst(transmissions: number): Rule {
  let left = transmissions;
  return () => (left-- > 0 ? { status: 500, text: 'Out of order.' } : null);
}

/** Poison: whatever batch this event is in, the endpoint can't take it. */
export function refusesEvent(mailId: string): Rule {
  return ({ events }) => {
    const refused = events.some((event) => event.mailId === mailId);
    return refused ? { status: 422, text: `I can't make sense of mail ${mailId}.` } : null;
  };
}
