import type Joi from 'joi';

/** A setting: its rule, its default, whether it is a secret, and a line for the person who sets it. */
export interface Setting {
  readonly name: string;
  readonly schema: Joi.Schema;
  /** What `.env.example` shows; a setting without a default and not optional is required. */
  readonly example: string;
  readonly about: string;
  readonly secret?: boolean;
}
