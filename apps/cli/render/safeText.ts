/**
 * What others have written (targets, mail engines, other users) may hold codes that a terminal obeys, or that turn the
 * direction of what follows: they are shown, not sent. Line breaks become spaces.
 */
export function safeText(text: string): string {
  return text
    .replace(/\s*[\r\n]\s*/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (code) => `\\u{${code.codePointAt(0)?.toString(16)}}`);
}

/** At most so many characters, with a sign that there was more. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
