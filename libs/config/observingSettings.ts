import Joi from 'joi';
import type { Setting } from './setting.ts';
import { url } from './settingRules.ts';

/** What a process tells of its work. */
export const OBSERVING_SETTINGS: readonly Setting[] = [
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: url('http', 'https'),
    example: '',
    about: 'An OpenTelemetry collector that gets a trace of each job, by OTLP over HTTP. Default: no traces.',
  },
  {
    name: 'LOG_LEVEL',
    schema: Joi.string().valid('error', 'warn', 'info', 'debug').default('info'),
    example: 'info',
    about: 'error, warn, info (a line per batch) or debug.',
  },
];
