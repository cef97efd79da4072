import { ConfigError, loadConfig, summarize } from '#libs/config/loadConfig.ts';
import { createLogger } from '#libs/logging/logger.ts';
import { Lifecycle } from '#libs/runtime/lifecycle.ts';
import { traceTo } from '#libs/runtime/tracing.ts';
import { VERSION } from '#libs/runtime/version.ts';
import { startWorker } from './worker.ts';

try {
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.logLevel, service: 'worker' });
  logger.info('Starting', { version: VERSION, node: process.version, settings: summarize(process.env) });
  const lifecycle = new Lifecycle({ logger, deadlineMs: config.shutdownTimeoutMs });
  lifecycle.stopOnSignals(process);
  const tracing = await traceTo(config.tracesEndpoint, { service: 'postrider-worker', lifecycle });
  const { healthPort } = await startWorker({ config, logger, lifecycle, ...tracing });
  logger.info('Ready', { healthPort });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
