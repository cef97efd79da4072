/* Made of the OpenAPI document by scripts/describeApi.ts. */

export const EVENT_TYPES = ['open', 'click', 'sent', 'bounce', 'unsubscribe', 'spamcomplaint', 'singleoptin', 'confirmedoptin', 'doubleoptin', 'blocklist', 'archive', 'filteredbyblocklist', 'webhooknode'] as const;

export type Webhook = { readonly id: number; readonly type: 'open' | 'click' | 'sent' | 'bounce' | 'unsubscribe' | 'spamcomplaint' | 'singleoptin' | 'confirmedoptin' | 'doubleoptin' | 'blocklist' | 'archive' | 'filteredbyblocklist' | 'webhooknode'; readonly status: 'created' | 'activated' | 'deactivated' | 'suspended'; readonly format: 'json'; readonly targetUrl: string; readonly authentication: { readonly type: 'none'; } | { readonly type: 'basicAuth'; readonly userName: string; } | { readonly type: 'keyAuth'; readonly key: string; } | { readonly type: 'standardWebhooks'; readonly secret?: string; }; readonly maxRequestsPerSecond?: number; readonly created: string; readonly modified: string; };

export type Verification = { readonly id: number; readonly httpStatusCode: number; readonly responseBody: string; readonly numberOfEvents: number; readonly targetUrl: string; readonly requestBody?: string; };

export type AuditPage = { readonly items: readonly ({ readonly id: number; readonly at: string; readonly action: 'created' | 'updated' | 'activated' | 'deactivated' | 'suspended' | 'resent' | 'deleted'; readonly user: string; readonly address: string; readonly changes: readonly ({ readonly field: string; readonly from?: unknown; readonly to?: unknown; })[]; })[]; readonly nextCursor: string | null; };

export type Session = { readonly user: string; readonly operator: boolean; readonly clientIds: readonly (number)[]; };

export type QueuedEvents = { readonly accepted: number; readonly rejected: readonly ({ readonly index: number; readonly reason: string; })[]; };

export type ClientList = { readonly items: readonly ({ readonly clientId: number; readonly webhooks: number; readonly activated: number; readonly suspended: number; readonly failing: number; })[]; };

export type DeliveryPage = { readonly items: readonly ({ readonly id: number; readonly at: string; readonly outcome: 'delivered' | 'failed'; readonly httpStatusCode: number; readonly error: 'dns' | 'refused' | 'reset' | 'timeout' | 'tls' | 'blocked' | 'status' | null; readonly durationMs: number; readonly events: number; readonly attemptMin: number; readonly attemptMax: number; readonly responseBody: string; })[]; readonly nextCursor: string | null; };

export type Statistics = { readonly pending: number; readonly oldestPending: string | null; readonly nextTry: string | null; readonly lastSuccess: string | null; readonly lastError: string | null; readonly intervals: readonly ({ readonly start: string; readonly received: number; readonly delivered: number; readonly failed: number; readonly discarded: number; readonly durationMsP50: number | null; readonly durationMsP95: number | null; })[]; };

export type Resent = { readonly events: number; readonly nextCursor?: string; };

export type DiscardedPage = { readonly items: readonly ({ readonly id: number; readonly at: string; readonly reason: 'expired'; readonly events: number; readonly oldest: string; readonly newest: string; })[]; readonly nextCursor: string | null; };

export type Egress = { readonly addresses: readonly (string)[]; };

export type Problem = { readonly type: 'urn:postrider:problem:invalid-request' | 'urn:postrider:problem:malformed-request' | 'urn:postrider:problem:wrong-status' | 'urn:postrider:problem:not-verifiable' | 'urn:postrider:problem:unauthorized' | 'urn:postrider:problem:forbidden' | 'urn:postrider:problem:cross-site' | 'urn:postrider:problem:no-such-path' | 'urn:postrider:problem:no-such-webhook' | 'urn:postrider:problem:method-not-allowed' | 'urn:postrider:problem:foreign-webhook' | 'urn:postrider:problem:limit-reached' | 'urn:postrider:problem:key-in-use' | 'urn:postrider:problem:body-too-large' | 'urn:postrider:problem:unsupported-media-type' | 'urn:postrider:problem:key-reused' | 'urn:postrider:problem:too-many-requests' | 'urn:postrider:problem:internal' | 'urn:postrider:problem:unavailable'; readonly title: string; readonly status: number; readonly detail: string; readonly errors?: readonly ({ readonly field: string; readonly message: string; })[]; };

export type CreateWebhookBody = { readonly targetUrl: string; readonly type: 'open' | 'click' | 'sent' | 'bounce' | 'unsubscribe' | 'spamcomplaint' | 'singleoptin' | 'confirmedoptin' | 'doubleoptin' | 'blocklist' | 'archive' | 'filteredbyblocklist' | 'webhooknode'; readonly format: 'json'; readonly maxRequestsPerSecond?: number | null; readonly basicAuthUsername?: string; readonly authentication?: { readonly type: 'none'; } | { readonly type: 'basicAuth'; readonly userName: string; readonly password: string; } | { readonly type: 'keyAuth'; readonly key: string; readonly passphrase: string; } | { readonly type: 'standardWebhooks'; readonly secret?: string; }; readonly basicAuthPassword?: string; };

export type UpdateWebhookBody = { readonly targetUrl: string; readonly type: 'open' | 'click' | 'sent' | 'bounce' | 'unsubscribe' | 'spamcomplaint' | 'singleoptin' | 'confirmedoptin' | 'doubleoptin' | 'blocklist' | 'archive' | 'filteredbyblocklist' | 'webhooknode'; readonly format: 'json'; readonly maxRequestsPerSecond?: number | null; readonly basicAuthUsername?: string; readonly authentication?: { readonly type: 'none'; } | { readonly type: 'basicAuth'; readonly userName: string; readonly password: string; } | { readonly type: 'keyAuth'; readonly key: string; readonly passphrase: string; } | { readonly type: 'standardWebhooks'; readonly secret?: string; }; readonly basicAuthPassword?: string; };

export type QueueEventsBody = readonly ({ readonly type: 'open' | 'click' | 'sent' | 'bounce' | 'unsubscribe' | 'spamcomplaint' | 'singleoptin' | 'confirmedoptin' | 'doubleoptin' | 'blocklist' | 'archive' | 'filteredbyblocklist' | 'webhooknode'; readonly clientId: number; readonly created: number; })[] | { readonly events: readonly ({ readonly type: 'open' | 'click' | 'sent' | 'bounce' | 'unsubscribe' | 'spamcomplaint' | 'singleoptin' | 'confirmedoptin' | 'doubleoptin' | 'blocklist' | 'archive' | 'filteredbyblocklist' | 'webhooknode'; readonly clientId: number; readonly created: number; })[]; };

export type ResendEventsBody = { readonly from?: string; readonly to?: string; readonly eventIds?: readonly (string)[]; readonly outcome?: 'discarded' | 'delivered'; readonly cursor?: string; };

export type SignInBody = { readonly user: string; readonly password: string; };
