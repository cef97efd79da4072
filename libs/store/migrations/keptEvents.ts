import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that were discarded, and, where the deployment archives them, those that were delivered. */
export class KeptEvents1760000000006 implements MigrationInterface {
  readonly name = 'KeptEvents1760000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS kept_chunk (
        id BIGINT NOT NULL AUTO_INCREMENT,
        webhook_id BIGINT NOT NULL,
        client_id BIGINT NOT NULL,
        unit_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        reason VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        kept_at DATETIME(3) NOT NULL,
        events INT NOT NULL,
        oldest BIGINT NOT NULL,
        newest BIGINT NOT NULL,
        sealed MEDIUMBLOB NOT NULL,
        PRIMARY KEY (id),
        UNIQUE INDEX kept_chunk_unit (webhook_id, reason, unit_id),
        INDEX kept_chunk_webhook (webhook_id, id),
        INDEX kept_chunk_age (reason, kept_at)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS kept_chunk');
  }
}
