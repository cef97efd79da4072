import type { Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

/** What a person reads of the settings, made of their list so that it never differs from it. Pure. */

const HEAD = `# Every setting of Postrider. What is required has an example here: put your own. The others have their default, and
# may be left out or empty. Postrider reads its environment, not this file: cp .env.example .env, edit it, then
#   set -a; . ./.env; set +a; npm run api
# Written by \`npx node scripts/describeSettings.ts\` from libs/config/settings.ts.
`;

const CHART_PORTS = ['PORT', 'WORKER_PORT'];

/** The text of `.env.example`. */
export function envExample(): string {
  const entries = SETTINGS.map((setting) => {
    const { name, about, example } = setting;
    return `\n# ${isRequired(setting) ? 'Required. ' : ''}${about}\n${name}=${example}\n`;
  });
  return HEAD + entries.join('');
}

/** The table of docs/configuration.md. */
export function settingsTable(): string {
  const rows = SETTINGS.map((setting) => {
    const { name, about, secret } = setting;
    return `| \`${name}\`${secret ? ' (secret)' : ''} | ${shownDefault(setting)} | ${about.replaceAll('|', '\\|')} |`;
  });
  return ['| setting | default | what it is |', '|---|---|---|', ...rows].join('\n');
}

/** A page with `table` in the place of the table that is there. */
export function withTable(page: string, table: string): string {
  const rows = /(?:^\|.*\n)+/m;
  return page.replace(rows, () => `${table}\n`);
}

/** What the Helm chart's `settings` may hold: no secret, and no port, which is the chart's. */
function chartSettings(): readonly string[] {
  return SETTINGS.filter(({ secret }) => !secret)
    .map(({ name }) => name)
    .filter((name) => !CHART_PORTS.includes(name));
}

/** The JSON Schema of the chart's values with these names in it. */
export function withChartSettings(valuesSchema: string): string {
  const names = /("settingName": \{[^{}]*"enum": )\[[^\]]*\]/;
  const list = chartSettings().map((name) => `        "${name}"`);
  return valuesSchema.replace(names, (_, before: string) => `${before}[\n${list.join(',\n')}\n      ]`);
}

function shownDefault(setting: Setting): string {
  if (isRequired(setting)) return 'required';
  return setting.example === '' ? '' : `\`${setting.example}\``;
}

export function isRequired({ schema }: Setting): boolean {
  const flags: { readonly presence?: string } | undefined = schema.describe().flags;
  return flags?.presence === 'required';
}
