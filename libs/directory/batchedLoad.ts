interface Batch<Value> {
  readonly keys: Set<number>;
  readonly values: Promise<ReadonlyMap<number, Value>>;
}

/**
 * One `loadMany` for all keys that are asked for in the same moment, at most `keysPerLoad` at a time.
 */
export function batchedLoad<Value>({
  loadMany,
  keysPerLoad,
}: {
  readonly loadMany: (keys: readonly number[]) => Promise<ReadonlyMap<number, Value>>;
  readonly keysPerLoad: number;
}): (key: number) => Promise<Value | undefined> {
  let gathering: Batch<Value> | undefined;

  const open = (): Batch<Value> => {
    const keys = new Set<number>();
    const values = Promise.resolve().then(() => {
      if (gathering === batch) gathering = undefined;
      return loadMany([...keys]);
    });
    const batch = { keys, values };
    return batch;
  };

  return async (key) => {
    if (!gathering || gathering.keys.size >= keysPerLoad) gathering = open();
    gathering.keys.add(key);
    return (await gathering.values).get(key);
  };
}
