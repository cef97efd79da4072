import { DataSource } from 'typeorm';
import { ApiUserEntity } from './apiUserEntity.ts';
import { AuditEntity } from './auditEntity.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { WebhookEntity } from './webhookEntity.ts';

/**
 * A TypeORM data source for `mysql://user:password@host:port/database`, `?ssl=true` for TLS with the server's
 * certificate verified. Always type "mysql", also for MariaDB: one dialect that both speak.
 */
export function createDataSource(parts: {
  databaseUrl: string;
  poolSize: number;
  connectTimeoutMs: number;
}): DataSource {
  const url = new URL(parts.databaseUrl);
  return new DataSource({
    type: 'mysql',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 3306),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(url.searchParams.get('ssl') === 'true' ? { ssl: {} } : {}),
    charset: 'utf8mb4',
    timezone: 'Z',
    bigNumberStrings: false,
    poolSize: parts.poolSize,
    connectTimeout: parts.connectTimeoutMs,
    entities: [WebhookEntity, ApiUserEntity, AuditEntity],
    migrations: [...MIGRATIONS],
    migrationsTransactionMode: 'none',
    synchronize: false,
    logging: false,
  });
}
