import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What became of each POST, and counters of each webhook and hour. Rows lie by day, so that what is too old is at the
 * table's begin and goes in slices, and within a day by webhook and time, as they are read.
 */
export class DeliveryLog1760000000005 implements MigrationInterface {
  readonly name = 'DeliveryLog1760000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS delivery (
        day SMALLINT UNSIGNED NOT NULL,
        webhook_id BIGINT NOT NULL,
        id BIGINT NOT NULL,
        delivered TINYINT NOT NULL,
        http_status SMALLINT NOT NULL,
        error VARCHAR(16) CHARACTER SET ascii NOT NULL,
        duration_ms INT NOT NULL,
        events SMALLINT NOT NULL,
        attempt_min INT NOT NULL,
        attempt_max INT NOT NULL,
        response BLOB NOT NULL,
        keys_of BIGINT NOT NULL,
        search_keys BLOB NOT NULL,
        PRIMARY KEY (day, webhook_id, id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS webhook_statistics (
        hour INT NOT NULL,
        webhook_id BIGINT NOT NULL,
        measure SMALLINT NOT NULL,
        amount BIGINT NOT NULL,
        PRIMARY KEY (hour, webhook_id, measure)
      ) ENGINE=InnoDB`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS delivery_log_writer (
        writer BINARY(16) NOT NULL,
        written BIGINT NOT NULL,
        day SMALLINT UNSIGNED NOT NULL,
        PRIMARY KEY (writer)
      ) ENGINE=InnoDB`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS delivery_log_writer');
    await runner.query('DROP TABLE IF EXISTS webhook_statistics');
    await runner.query('DROP TABLE IF EXISTS delivery');
  }
}
