import { setTimeout as sleep } from 'node:timers/promises';
import { BacklogSink } from '#libs/backlog/sink.ts';

/** The router hears that events are in their backlogs a moment before they are. */
const LATER_MS = 100;
const append = BacklogSink.prototype.append;

BacklogSink.prototype.append = async function (chunks, options) {
  void sleep(LATER_MS)
    .then(() => append.call(this, chunks, options))
    .catch(() => {});
};
