import { ConfigError, loadConfig } from '#libs/config/loadConfig.ts';
import { migrate } from '#libs/store/migrate.ts';
import { StoreUnavailable } from '#libs/store/storeErrors.ts';

try {
  const applied = await migrate(loadConfig(process.env));
  for (const name of applied) process.stdout.write(`Applied migration ${name}\n`);
  process.stdout.write(`The database is up to date${applied.length === 0 ? '; nothing was to do' : ''}.\n`);
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof StoreUnavailable)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
