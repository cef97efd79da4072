import { ApiUsers1760000000002 } from './apiUsers.ts';
import { Audit1760000000003 } from './audit.ts';
import { DeliveryLog1760000000005 } from './deliveryLog.ts';
import { KeptEvents1760000000006 } from './keptEvents.ts';
import { RequestLimit1760000000004 } from './requestLimit.ts';
import { Webhooks1760000000001 } from './webhooks.ts';

/**
 * All migrations, oldest first; the number at the end of a class's name is its place in the order. Rules:
 * a migration that has been released never changes; it can run again after it died half-way (MySQL commits
 * each DDL statement by itself); one that older processes can't live with is marked BREAKING in its comment.
 */
export const MIGRATIONS = [
  Webhooks1760000000001,
  ApiUsers1760000000002,
  Audit1760000000003,
  RequestLimit1760000000004,
  DeliveryLog1760000000005,
  KeptEvents1760000000006,
] as const;
