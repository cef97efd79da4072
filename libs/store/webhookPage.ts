import type { FindOptionsOrder } from 'typeorm';
import type { WebhookRow } from './webhookEntity.ts';

export type SortKey =
  | 'id'
  | 'type'
  | 'status'
  | 'format'
  | 'targetUrl'
  | 'authentication'
  | 'created'
  | 'modified';

export interface Page {
  readonly sort: SortKey;
  readonly direction: 'ASC' | 'DESC';
  readonly offset: number;
  readonly limit: number;
}

/** The id settles what the sort key leaves open, so that pages never overlap. */
export function orderBy(sort: SortKey, direction: Page['direction']): FindOptionsOrder<WebhookRow> {
  if (sort === 'authentication') {
    return { authenticationType: direction, authenticationName: direction, id: direction };
  }
  return { [sort]: direction, id: direction };
}
