/** What a terminal obeys, or what turns the direction of the text that follows. */
const CODES = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * What others have written (targets, mail engines, other users) may hold codes for the terminal: they are shown, not
 * sent. Line breaks become spaces.
 */
export function safeText(text: string): string {
  const line = text.split(/\r\n|\r|\n/).join(' ');
  return line.replace(CODES, (code) => `\\u{${code.codePointAt(0)?.toString(16)}}`);
}

/** As JSON, in which such codes are written as JSON has them: the value stays what it is. */
export function safeJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return text.replace(CODES, (code) => (code === '\n' ? code : unitsOf(code).map(escapeUnit).join('')));
}

function unitsOf(code: string): number[] {
  return Array.from({ length: code.length }, (_, index) => code.charCodeAt(index));
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

/** At most so many characters, with a sign that there was more. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
