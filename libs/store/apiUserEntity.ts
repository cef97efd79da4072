import { EntitySchema } from 'typeorm';

/** A row of table `api_user`. */
export interface ApiUserRow {
  /** Compared byte by byte. */
  readonly name: string;
  /** 0: an operator, who may act for every client. */
  readonly clientId: number | string;
  readonly passwordHash: string;
  readonly created: Date;
  readonly passwordChanged: Date;
}

export const ApiUserEntity = new EntitySchema<ApiUserRow>({
  name: 'ApiUser',
  tableName: 'api_user',
  columns: {
    name: { type: 'varchar', length: 255, primary: true },
    clientId: { name: 'client_id', type: 'bigint' },
    passwordHash: { name: 'password_hash', type: 'varchar', length: 255 },
    created: { type: 'datetime', precision: 3 },
    passwordChanged: { name: 'password_changed', type: 'datetime', precision: 3 },
  },
});
