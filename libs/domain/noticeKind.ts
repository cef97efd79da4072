/**
 * What operators are told of a webhook, once for each change:
 *
 *   failing     nothing but failures for NOTIFY_AFTER_MS
 *   recovered   the first success after that
 *   suspended   nothing but failures for SUSPEND_AFTER_HOURS: it is tried no more until it is activated by hand
 *   discarding  events are given up; told again when it begins again after an hour without
 */
export const NOTICE_KINDS = ['failing', 'recovered', 'suspended', 'discarding'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];
