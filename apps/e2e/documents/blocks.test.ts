import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse as parseYaml } from 'yaml';
import { compile } from './compile.ts';
import { type Block, parsePage, readPages, readText } from './pages.ts';
import { shapesOf } from './shapes.ts';

/** The blocks of code in the documentation, all but commands, which commands.itest.ts runs. */
const pages = await readPages();
const blocks = pages.flatMap((page) => page.blocks);
const inLanguage = (language: string) => blocks.filter((block) => block.language === language);

/** Compiling is not what makes these right: each has its reason. */
const NOT_CHECKED: Readonly<Record<string, string>> = {
  mermaid: 'a picture; the sites that show Markdown draw it',
  text: 'a picture or a formula, or what a program prints; no command',
};
const CHECKED = ['sh', 'json', 'js', 'ts', 'yaml', 'python', 'php'];

const CHART = 'docker/helm/postrider';
const LIKE_A_COMMAND = /^(\$ )?(npm|npx|node|curl|docker|kubectl|helm|redis-cli|[A-Z_]+=\S+) /m;

/** Whole, or an event a line. */
function parseJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return text.split('\n').map((line) => JSON.parse(line));
  }
}

function jsonProblem({ text }: Block): string | null {
  try {
    const unknown = parseJson(text).filter((value) => shapesOf(value).length === 0);
    return unknown.length === 0 ? null : `no shape that Postrider knows: ${JSON.stringify(unknown[0])}`;
  } catch (error) {
    return String(error);
  }
}

/** Values of one's own are laid over those of the chart. */
async function chartProblems(text: string): Promise<unknown[]> {
  const schema = JSON.parse(await readText(`${CHART}/values.schema.json`));
  const values = over(parseYaml(await readText(`${CHART}/values.yaml`)), parseYaml(text));
  const check = new Ajv({ strict: false }).compile(schema);
  return check(values) ? [] : (check.errors ?? []);
}

function over(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above;
  const merged = Object.entries(above).map(([name, value]) => [name, over(below[name], value)]);
  return { ...below, ...Object.fromEntries(merged) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses it without running it. */
const PARSERS: Readonly<Record<string, readonly string[]>> = {
  sh: ['sh', '-n', '-s'],
  python: ['python3', '-c', 'import ast, sys; ast.parse(sys.stdin.read())'],
  php: ['php', '-l'],
};

function syntaxProblem({ language, text }: Block): string | null {
  const [program = '', ...args] = PARSERS[language] ?? [];
  const { status, error, stderr } = spawnSync(program, args, { input: text, encoding: 'utf8' });
  // A machine without that language can't tell.
  return status === 0 || error ? null : stderr;
}

/** A page of its own that has nothing else. */
function onlyBlock(language: string, text: string): Block {
  const [block] = parsePage('mistake.md', `\`\`\`${language}\n${text}\n\`\`\``).blocks;
  if (!block) throw new Error('There is no block.');
  return block;
}

describe('every block of code', () => {
  it('says in which language it is, and only commands are "sh"', () => {
    const languages = [...CHECKED, ...Object.keys(NOT_CHECKED)];
    const others = blocks.filter(({ language }) => !languages.includes(language));
    expect(others.map(({ name, language }) => `${name} ${language}`)).toEqual([]);
    const disguised = inLanguage('text').filter(
      ({ text, isOutput }) => !isOutput && LIKE_A_COMMAND.test(text),
    );
    expect(disguised.map(({ name }) => name)).toEqual([]);
  });

  const compiled = (['js', 'ts'] as const).filter((language) => inLanguage(language).length > 0);
  it.each(compiled)(
    'in %s compiles against the packages that it imports, and one with a mistake does not',
    async (language) => {
      const mistake = onlyBlock(language, "import { receive } from '@postrider/receiver';\nreceive();");
      const complaints = (await compile(language, [...inLanguage(language), mistake])).split('\n');
      expect(complaints.filter((line) => line.includes('error TS'))).toEqual([
        expect.stringMatching(/^mistake.*has no exported member named 'receive'/),
      ]);
    },
  );

  it.each(inLanguage('json'))('in JSON is what Postrider takes or gives: $name', (block) => {
    expect(jsonProblem(block)).toBeNull();
  });

  it.each(Object.keys(PARSERS))('in %s has no mistake in its syntax', (language) => {
    for (const block of inLanguage(language)) {
      expect({ name: block.name, problem: syntaxProblem(block) }).toEqual({
        name: block.name,
        problem: null,
      });
    }
  });

  it.each(inLanguage('yaml'))('in YAML is what the Helm chart takes: $name', async ({ text }) => {
    expect(await chartProblems(text)).toEqual([]);
  });
});

describe('a block with a mistake is found out', () => {
  it.each(['{"type":"open",}', '{"type":"opened","clientId":7,"created":1}', '{"status":"activated"}'])(
    'in JSON: %s',
    (text) => {
      expect(jsonProblem(onlyBlock('json', text))).not.toBeNull();
    },
  );

  it('in YAML', async () => {
    expect(await chartProblems('worker: { replica: 2 }')).not.toEqual([]);
  });

  it('in sh', () => {
    expect(syntaxProblem(onlyBlock('sh', 'if true; then'))).toContain('end of file');
  });
});
