import { withWrongClock } from '../../engine/wrong-clock.ts';
import { idOf, type Move, moves } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire } from '../kit/steps.ts';
import type { Timeline } from '../kit/timeline.ts';
import { refuseOwnClock } from './clients-clock.ts';
import {
  type Acts,
  claimOf,
  expectOwed,
  lapsingClaim,
  leased,
  read,
  type Scene,
  written,
} from './clock-scenes.ts';

const { timed } = family('expiry');

/** More than the day for which a lapse is remembered, in milliseconds. */
const WRONG = 30 * 3_600_000;

/** Prepares with the right clock; the acts use the wrong one where it could make a difference. */
const SCENES: Readonly<Record<Move, (scene: Scene) => Promise<Acts>>> = {
  find: (scene) =>
    read(scene, 'find', (key) => scene.context.store.find(key), bytes('value'), null),
  exists: (scene) => read(scene, 'exists', (key) => scene.context.store.exists(key), true, false),
  inspect: async (scene) => {
    const { store, expect, key: newKey } = scene.context;
    const acts = await read(
      scene,
      'inspect',
      async (key) => (await store.inspect(key)).state,
      ...(['completed', 'vacant'] as const),
    );
    const [held, done] = [newKey('held'), newKey('done')];
    return {
      ...acts,
      begin: async () => {
        await acquire(scene.context, held, { lease: scene.short });
        await store.store(done, bytes('value'), scene.short);
        await acts.begin();
      },
      during: async () => {
        await acts.during?.();
        const [claimed, completed] = await scene.wrong(() =>
          Promise.all([store.inspect(held), store.inspect(done)]),
        );
        const times = [
          claimed.state === 'claimed' ? claimed.heldFor + 1 : 0,
          claimed.state === 'claimed' ? claimed.leaseRemaining : 0,
          completed.state === 'completed' ? completed.ttlRemaining : 0,
        ];
        const right = times.every((each) => each >= 1 && each <= scene.short + ROUNDING);
        const expected = `times within ${scene.short} ms`;
        expect.that(`inspect ${scene.how}`, right, expected, { claimed, completed });
      },
    };
  },
  store: async (scene) => {
    const key = scene.context.key();
    const { store } = scene.context;
    return written(scene, key, () => store.store(key, bytes('value'), scene.short));
  },
  complete: async (scene) => {
    const { store, expect } = scene.context;
    const { key, token } = await acquire(scene.context, scene.context.key());
    const lapsing = scene.context.key('lapsing');
    let late = '';
    const acts = await written(scene, key, async () => {
      late = (await acquire(scene.context, lapsing, { lease: scene.short })).token;
      const done = await store.complete(key, token, bytes('value'), scene.short);
      expect.same(`complete ${scene.how}`, done, true);
    });
    return {
      ...acts,
      after: async () => {
        await acts.after();
        const done = await scene.wrong(() => store.complete(lapsing, late, bytes('late'), LONG));
        expect.same(`complete ${scene.how}, once its lease had lapsed`, done, false);
      },
    };
  },
  'complete again': async (scene) => {
    const { store, expect } = scene.context;
    const { key, token } = await acquire(scene.context, scene.context.key());
    const again = () => scene.wrong(() => store.complete(key, token, bytes('again'), LONG));
    return {
      begin: () => store.complete(key, token, bytes('value'), scene.short),
      during: async () => expect.same(`complete, repeated ${scene.how}`, await again(), true),
      after: async () => {
        expect.same(`complete, repeated ${scene.how} after the ttl`, await again(), false);
        expect.same('find after it', await store.find(key), null);
      },
    };
  },
  claim: async (scene) => {
    const { store, expect, key: newKey } = scene.context;
    const [own, other] = [newKey('own'), newKey('other')];
    const acts = await leased(scene, own, () =>
      acquire(scene.context, own, { lease: scene.short }),
    );
    const ask = () => scene.wrong(() => store.claim(other, claimOf(scene)));
    return {
      begin: async () => {
        await acquire(scene.context, other, { lease: scene.short });
        await acts.begin();
      },
      during: async () => {
        await acts.during?.();
        expect.same(`a claim ${scene.how} of a held key`, (await ask()).outcome, 'in-progress');
      },
      after: async () => {
        await acts.after();
        const { outcome, takeover } = { takeover: null, ...(await ask()) };
        const what = `a claim ${scene.how} of a key whose lease has lapsed`;
        expect.same(what, { outcome, takeover }, { outcome: 'acquired', takeover: true });
      },
    };
  },
  'claim again': async (scene) => {
    const { store } = scene.context;
    const { key, token } = await acquire(scene.context, scene.context.key());
    return leased(scene, key, () => store.claim(key, { token, lease: scene.short }));
  },
  renew: async (scene) => {
    const { store, expect } = scene.context;
    const { key, token } = await acquire(scene.context, scene.context.key());
    const lapsing = await lapsingClaim(scene);
    const acts = await leased(scene, key, async () => {
      expect.same(`renew ${scene.how}`, await store.renew(key, token, scene.short), true);
    });
    return {
      ...acts,
      begin: async () => {
        await lapsing.begin();
        await acts.begin();
      },
      after: async () => {
        await acts.after();
        const late = await scene.wrong(() => store.renew(lapsing.key, lapsing.token, LONG));
        expect.same(`renew ${scene.how}, once its lease had lapsed`, late, false);
      },
    };
  },
  release: async (scene) => {
    const { store, expect } = scene.context;
    const { key, token } = await acquire(scene.context, scene.context.key());
    const lapsing = await lapsingClaim(scene);
    return {
      begin: async () => {
        await lapsing.begin();
        const released = await scene.wrong(() => store.release(key, token));
        expect.same(`release ${scene.how}`, released, true);
      },
      after: async () => {
        const late = await scene.wrong(() => store.release(lapsing.key, lapsing.token));
        expect.same(`release ${scene.how}, once its lease had lapsed`, late, false);
        await expectOwed(scene, 'release', lapsing.key, true);
        await expectOwed(scene, 'release in time', key, false);
      },
    };
  },
  remove: async (scene) => {
    const { store } = scene.context;
    const { key } = await acquire(scene.context, scene.context.key());
    const lapsing = await lapsingClaim(scene);
    return {
      begin: async () => {
        await lapsing.begin();
        await scene.wrong(() => store.remove(key));
      },
      after: async () => {
        await scene.wrong(() => store.remove(lapsing.key));
        await expectOwed(scene, 'remove of what had lapsed', lapsing.key, true);
        await expectOwed(scene, 'remove of a claim', key, false);
      },
    };
  },
};

async function play(move: Move, context: RuleContext, time: Timeline): Promise<void> {
  await refuseOwnClock(context, WRONG);
  // A clock that is driven has left that of this process: what is wrong is wrong by the backend's.
  const apart = async (): Promise<number> =>
    time.driven ? (await context.clock.now()) - Date.now() : 0;
  const prepare = [WRONG, -WRONG].map((offset) =>
    SCENES[move]({
      context,
      short: time.short,
      how: `with a clock 30 hours ${offset > 0 ? 'fast' : 'slow'}`,
      wrong: async (work) => withWrongClock((await apart()) + offset, work),
    }),
  );
  const scenes = await Promise.all(prepare);
  // One after the other: there is one clock to be wrong.
  const { end } = await time.begin(time.short, async () => {
    for (const { begin } of scenes) await begin();
  });
  await time.before(end, async () => {
    for (const { during } of scenes) await during?.();
  });
  await time.at(end);
  for (const { after } of scenes) await after();
}

/** Each move goes by the backend's clock, whatever the client's says. */
export const clientsClockMatrix: readonly Rule[] = moves.map((move) =>
  timed(
    `clients-clock-in-${idOf(move)}`,
    `${move} goes by the backend's clock: a client whose clock is 30 hours fast or slow changes nothing.`,
    (context, time) => play(move, context, time),
    { exclusive: true, proves: { property: 'clients-clock', moves: [move] } },
  ),
);
