import { ConfigError, loadConfig, summarize } from '#libs/config/loadConfig.ts';
import { createLogger } from '#libs/logging/logger.ts';
import { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { traceTo } from '#libs/runtime/tracing.ts';
import { VERSION } from '#libs/runtime/version.ts';
import { SchemaOutdated } from '#libs/store/storeErrors.ts';
import { startApi } from './api.ts';

try {
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.logLevel, service: 'api' });
  logger.info('Starting', { version: VERSION, node: process.version, settings: summarize(process.env) });
  const lifecycle = new Lifecycle({ logger, deadlineMs: config.shutdownTimeoutMs });
  lifecycle.stopOnSignals(process);
  const tracing = await traceTo(config.tracesEndpoint, { service: 'postrider-api', lifecycle });
  const { port } = await startApi({ config, logger, lifecycle, ...tracing });
  logger.info('Ready', { port });
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof SchemaOutdated)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
