import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who changed what, written with the change itself. */
export class Audit1760000000003 implements MigrationInterface {
  readonly name = 'Audit1760000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS audit_entry (
        id BIGINT NOT NULL AUTO_INCREMENT,
        at DATETIME(3) NOT NULL,
        client_id BIGINT NOT NULL,
        webhook_id BIGINT NOT NULL,
        action VARCHAR(32) NOT NULL,
        user_name VARCHAR(255) NOT NULL,
        address VARCHAR(64) NOT NULL,
        changes MEDIUMTEXT NOT NULL,
        PRIMARY KEY (id),
        INDEX audit_entry_webhook (webhook_id, id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS audit_entry');
  }
}
