import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import { lexer, type Token, type Tokens } from 'marked';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGES = ['*.md', 'docs/**/*.md', '{apps,libs,docker}/**/*.md'];
const NOT_OURS = ['**/node_modules/**', '**/dist/**'];
const FENCE = '```';
/** In one of these, right below commands, is what they print. */
const OUTPUTS: ReadonlySet<string> = new Set(['json', 'text']);

/** A block of code. */
export interface Block {
  /** The page and the line where it begins: `docs/api.md:86`. */
  readonly name: string;
  readonly page: string;
  /** Empty: none is given. */
  readonly language: string;
  readonly text: string;
  /** Whether it shows what the commands of the block right above it print. */
  readonly isOutput: boolean;
}

export interface Heading {
  readonly depth: number;
  readonly title: string;
}

/** A page in Markdown. Paths are relative to the project's root. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Of links and pictures, as they are written. */
  readonly links: readonly string[];
  readonly headings: readonly Heading[];
  readonly anchors: ReadonlySet<string>;
  /** Every `code` in the text. */
  readonly spans: readonly string[];
  /** The rows of each, the head first, each cell as it is written. */
  readonly tables: readonly (readonly (readonly string[])[])[];
}

export function parsePage(path: string, text: string): Page {
  const tokens = lexer(text).flatMap(withChildren);
  const headings = ofType(tokens, 'heading').map(({ depth, tokens }) => {
    return { depth, title: plainText(tokens) };
  });
  const slugger = new GithubSlugger();
  return {
    path,
    text,
    blocks: blocksOf(path, text),
    links: [...ofType(tokens, 'link'), ...ofType(tokens, 'image')].map(({ href }) => href),
    headings,
    anchors: new Set(headings.map(({ title }) => slugger.slug(title))),
    spans: ofType(tokens, 'codespan').map((span) => span.text),
    tables: ofType(tokens, 'table').map(({ header, rows }) => {
      return [header, ...rows].map((cells) => cells.map((cell) => cell.text));
    }),
  };
}

export async function readPages(): Promise<Page[]> {
  const paths = globSync(PAGES, { cwd: ROOT, exclude: NOT_OURS });
  return Promise.all(paths.toSorted().map(async (path) => parsePage(path, await readText(path))));
}

export function readText(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}

interface Kinds {
  readonly heading: Tokens.Heading;
  readonly link: Tokens.Link;
  readonly image: Tokens.Image;
  readonly codespan: Tokens.Codespan;
  readonly table: Tokens.Table;
}

function ofType<Kind extends keyof Kinds>(tokens: readonly Token[], kind: Kind): Kinds[Kind][] {
  return tokens.filter((token) => token.type === kind) as unknown as Kinds[Kind][];
}

function withChildren(token: Token): Token[] {
  return [token, ...childrenOf(token).flatMap(withChildren)];
}

function childrenOf(token: Token): readonly Token[] {
  if (token.type === 'list') return (token as Tokens.List).items;
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    return [...header, ...rows.flat()].flatMap(({ tokens }) => tokens);
  }
  return ('tokens' in token && token.tokens) || [];
}

function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const children = childrenOf(token);
      return children.length > 0 ? plainText(children) : (token as Tokens.Text).text;
    })
    .join('');
}

/** Where a block begins is counted from where the one before it ends. */
function blocksOf(page: string, text: string): Block[] {
  const blocks: Block[] = [];
  let from = 0;
  function collect(tokens: readonly Token[]): void {
    let before: Token | undefined;
    for (const token of tokens) {
      if (token.type === 'code') {
        const { raw, text: code, lang, codeBlockStyle } = token as Tokens.Code;
        const isFenced = codeBlockStyle !== 'indented';
        const [opening = ''] = raw.trimStart().split('\n', 1);
        const at = text.indexOf(opening, from);
        from = isFenced ? text.indexOf(FENCE, at + opening.length) + FENCE.length : at + opening.length;
        const name = `${page}:${text.slice(0, at).split('\n').length}`;
        const language = isFenced ? (lang ?? '') : 'indented';
        const isAfterCommands = before?.type === 'code' && before.lang === 'sh';
        blocks.push({ name, page, language, text: code, isOutput: isAfterCommands && OUTPUTS.has(language) });
      }
      collect(childrenOf(token));
      if (token.type !== 'space') before = token;
    }
  }
  collect(lexer(text));
  return blocks;
}
