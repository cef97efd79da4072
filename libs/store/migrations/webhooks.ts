import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The webhooks, and a row per client whose lock makes the creations of one client wait for each other. */
export class Webhooks1760000000001 implements MigrationInterface {
  readonly name = 'Webhooks1760000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS webhook (
        id BIGINT NOT NULL AUTO_INCREMENT,
        client_id BIGINT NOT NULL,
        type VARCHAR(32) NOT NULL,
        status VARCHAR(16) NOT NULL,
        format VARCHAR(16) NOT NULL,
        target_url VARCHAR(2048) NOT NULL,
        authentication_type VARCHAR(32) NOT NULL,
        authentication_name VARCHAR(255) NOT NULL,
        secret BLOB NOT NULL,
        created DATETIME(3) NOT NULL,
        modified DATETIME(3) NOT NULL,
        deactivated DATETIME(3) NOT NULL,
        PRIMARY KEY (id),
        INDEX webhook_client_type_status (client_id, type, status)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS webhook_client (
        client_id BIGINT NOT NULL,
        PRIMARY KEY (client_id)
      ) ENGINE=InnoDB`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS webhook_client');
    await runner.query('DROP TABLE IF EXISTS webhook');
  }
}
