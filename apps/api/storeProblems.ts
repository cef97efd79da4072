import type { NotFound } from '#libs/store/webhookClaim.ts';
import type { NotAllowed } from '#libs/store/webhookStore.ts';
import { ApiProblem } from './problem.ts';

/** Turns what the store did not do into the problem that says why. */
export function allowed<T extends { readonly kind: 'found' | 'removed' }>(
  result: T | NotFound | NotAllowed,
): T {
  switch (result.kind) {
    case 'missing':
      throw missing();
    case 'foreign':
      throw new ApiProblem('foreign-webhook', 'The webhook exists, but it is not a webhook of this client.');
    case 'notAllowed':
      throw new ApiProblem('wrong-status', result.problem);
    default:
      return result;
  }
}

export function missing(): ApiProblem {
  return new ApiProblem('no-such-webhook', 'There is no webhook with this id.');
}
