import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = 'webhook';
const COLUMN = 'max_requests_per_second';

/** How many POSTs a second a webhook gets at most; 0: as many as there are. */
export class RequestLimit1760000000004 implements MigrationInterface {
  readonly name = 'RequestLimit1760000000004';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn(TABLE, COLUMN)) return;
    await runner.query(`ALTER TABLE ${TABLE} ADD COLUMN ${COLUMN} SMALLINT NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn(TABLE, COLUMN)) await runner.dropColumn(TABLE, COLUMN);
  }
}
