import { QueryFailedError } from 'typeorm';
import { ApiUserEntity, type ApiUserRow } from './apiUserEntity.ts';
import type { Database } from './database.ts';
import { hashPassword } from './passwordHash.ts';

export interface ApiUser {
  readonly name: string;
  /** Null: an operator, who may act for every client. */
  readonly clientId: number | null;
  readonly created: Date;
  readonly passwordChanged: Date;
}

export interface NewApiUser {
  readonly name: string;
  readonly clientId: number | null;
  readonly password: string;
}

/** In the column of the client id, of which none is 0. */
const OPERATOR = 0;

/** The users of the API in MySQL; of their passwords only scrypt hashes are there. */
export class ApiUserStore {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor(parts: { database: Database; now: () => Date }) {
    this.#database = parts.database;
    this.#now = parts.now;
  }

  /** False when there is a user of that name already. */
  async add({ name, clientId, password }: NewApiUser): Promise<boolean> {
    const passwordHash = await hashPassword(password);
    const now = this.#now();
    const row = { name, clientId: clientId ?? OPERATOR, passwordHash, created: now, passwordChanged: now };
    try {
      await this.#database.run((manager) => manager.insert(ApiUserEntity, row));
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  async list(): Promise<ApiUser[]> {
    const rows = await this.#database.run((manager) =>
      manager.find(ApiUserEntity, { order: { name: 'ASC' } }),
    );
    return rows.map(toUser);
  }

  /** False when there is no such user. */
  async remove(name: string): Promise<boolean> {
    const { affected } = await this.#database.run((manager) => manager.delete(ApiUserEntity, { name }));
    return affected === 1;
  }

  /** False when there is no such user. */
  async setPassword(name: string, password: string): Promise<boolean> {
    const change = { passwordHash: await hashPassword(password), passwordChanged: this.#now() };
    const { affected } = await this.#database.run((manager) =>
      manager.update(ApiUserEntity, { name }, change),
    );
    return affected === 1;
  }

  /** For the check of a password. */
  async findWithHash(name: string): Promise<{ user: ApiUser; passwordHash: string } | null> {
    const row = await this.#database.run((manager) => manager.findOneBy(ApiUserEntity, { name }));
    return row && { user: toUser(row), passwordHash: row.passwordHash };
  }
}

function toUser({ name, clientId, created, passwordChanged }: ApiUserRow): ApiUser {
  return { name, clientId: Number(clientId) || null, created, passwordChanged };
}

function isDuplicate(error: unknown): boolean {
  return (
    error instanceof QueryFailedError && (error.driverError as { code?: string }).code === 'ER_DUP_ENTRY'
  );
}
