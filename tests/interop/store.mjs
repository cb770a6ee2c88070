/**
 * An oidc-provider adapter that keeps every record. The built-in one is a bounded LRU: beyond a thousand records
 * it drops used `jti`s and consumed codes, and would then accept them again.
 */
export function unboundedStore() {
  const records = new Map();

  return (model) => {
    const key = (id) => `${model}:${id}`;
    const ofModel = () => [...records].filter(([name]) => name.startsWith(key(''))).map(([, record]) => record);

    return {
      upsert: async (id, record) => void records.set(key(id), record),
      find: async (id) => records.get(key(id)),
      findByUid: async (uid) => ofModel().find((record) => record.uid === uid),
      consume: async (id) => {
        records.get(key(id)).consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => void records.delete(key(id)),
      revokeByGrantId: async (grantId) => {
        for (const [name, record] of records) {
          if (record.grantId === grantId) records.delete(name);
        }
      },
    };
  };
}
