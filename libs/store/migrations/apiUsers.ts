import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may use the API, beside API_CREDENTIALS. */
export class ApiUsers1760000000002 implements MigrationInterface {
  readonly name = 'ApiUsers1760000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS api_user (
        name VARCHAR(255) NOT NULL,
        client_id BIGINT NOT NULL,
        password_hash VARCHAR(255) NOT NULL,
        created DATETIME(3) NOT NULL,
        password_changed DATETIME(3) NOT NULL,
        PRIMARY KEY (name)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS api_user');
  }
}
