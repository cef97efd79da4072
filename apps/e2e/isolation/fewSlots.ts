import { Slots } from '#libs/delivery/slots.ts';

/** Loaded into a worker before anything else: ten slots for both lanes, held until the run is over. */
const LIMIT = 10;
let used = 0;
const line: (() => void)[] = [];

Slots.prototype.use = async (work) => {
  if (used >= LIMIT) await new Promise<void>((enter) => line.push(enter));
  else used += 1;
  try {
    return await work({ whileWaiting: (answer) => answer });
  } finally {
    const next = line.shift();
    if (next) next();
    else used -= 1;
  }
};
