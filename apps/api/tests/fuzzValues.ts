import fc from 'fast-check';

/** Texts and numbers that somebody might trip over. */
export const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '\u0000',
    '\r\n',
    '../..',
    '%',
    '%00',
    '{7*7}',
    "' OR 1=1 --",
    '\ud800',
    '🔑',
    '__proto__',
  ),
  fc.constantFrom('constructor', 'toString', '{{x}}', 'null', 'NaN', '1e999', '-0', '9'.repeat(30)),
);
export const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 1, 1.5, 2 ** 31, 2 ** 53, 2 ** 63),
);
