import type { Bank } from '../../src/pay.ts';

/** The bank, from within a process that may be killed. */
export function bankAt(url: string): Bank {
  return {
    charge: async (reference, amount) => {
      const body = JSON.stringify({ reference, amount });
      const { receipt } = await answerOf(await fetch(url, { method: 'POST', body }));
      return { receipt };
    },
    find: async (reference) => {
      const charge = await answerOf(await fetch(`${url}/${encodeURIComponent(reference)}`));
      return charge === null ? undefined : { receipt: charge.receipt };
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what the test's own server says
async function answerOf(response: Response): Promise<any> {
  if (!response.ok) throw new Error(`The bank says ${response.status}.`);
  return response.json();
}
