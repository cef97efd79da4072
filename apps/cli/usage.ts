/** The command, an option or the environment is wrong: nothing was asked of the API. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** It was asked for rightly, and could not be done. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export const EXIT = { ok: 0, refused: 1, usage: 2 } as const;
