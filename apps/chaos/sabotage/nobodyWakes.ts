import { DeliveryWaker } from '#libs/backlog/wakeDelivery.ts';
import { Reconciler } from '#libs/delivery/reconciler.ts';

/** Events are kept, but nobody is told, and nobody looks. */
DeliveryWaker.prototype.wake = async () => {};
Reconciler.prototype.start = () => {};
