import { createToken } from '@idem/core';
import { MemoryStore } from '@idem/memory';

const store = new MemoryStore();
await store.claim('claimed', { token: createToken(), lease: 86_400_000 });
await store.store('completed', new Uint8Array(1), 86_400_000);
console.log('the end of the program');
