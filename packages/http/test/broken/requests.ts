import { fingerprint } from '../suite/groups/fingerprint.ts';
import { keyHeader, policy } from '../suite/groups/key.ts';
import { scope } from '../suite/groups/scope.ts';

import { type Mistake, mistake, options, withoutFingerprints } from './kit.ts';

export const REQUEST_MISTAKES: readonly Mistake[] = [
  mistake(
    keyHeader,
    'takes the header for the key, quotes and all',
    options({ key: (request) => request.header('idempotency-key') }),
    'the bare form is the same key',
    'parameters of the item are none of it',
    'an escaped quote and an escaped backslash are one character each',
    'the header sent twice is refused',
    'a comma without quotes is refused',
  ),
  mistake(
    keyHeader,
    'compares keys without their case',
    options({ key: (request) => request.header('idempotency-key')?.toLowerCase() }),
    'case is significant',
  ),
  mistake(
    keyHeader,
    'takes any length',
    options({
      maxKeyLength: 255,
      key: (request) => request.header('idempotency-key')?.slice(0, 200),
    }),
    'one of 256 characters is refused',
    'one longer than maxKeyLength is refused',
  ),
  mistake(
    keyHeader,
    'knows no strict mode',
    options({ strict: false }),
    'strict: the bare form is refused',
    'strict: a number is refused',
  ),
  mistake(
    policy,
    'never requires a key',
    options({ required: false }),
    'a missing key is refused where one is required',
    'a resolver that finds none is a missing key',
  ),
  mistake(
    policy,
    'protects every method',
    options({ methods: ['POST', 'PATCH', 'PUT', 'GET'] }),
    'PUT passes unless it is named',
    'GET passes, and is not recorded',
  ),
  mistake(policy, 'forgets PATCH', options({ methods: ['POST'] }), 'PATCH is protected'),
  mistake(
    policy,
    'skips nothing',
    options({ skip: async () => false }),
    'skip lets a request pass',
    'skip may be async',
  ),
  mistake(
    scope,
    'knows no principal',
    options({ principal: 'anonymous' }),
    'one principal is never answered with the record of another',
    'a principal that is none executes nothing, and is the affair of error handling',
  ),
  mistake(
    scope,
    'knows no route',
    options({ route: () => '/' }),
    'one route is never answered with the record of another',
    'two long paths that differ at the end stay apart',
  ),
  mistake(
    scope,
    'cuts long paths off',
    options({ route: (request) => request.url.slice(0, 100) }),
    'two long paths that differ at the end stay apart',
  ),
  mistake(
    fingerprint,
    'compares nothing',
    options({ fingerprint: () => 'same' }),
    'another amount under the same key is refused',
    'another payload is refused also while the first one runs',
    'a binary body is compared byte for byte',
  ),
  mistake(
    fingerprint,
    'remembers no fingerprint',
    { executor: (given) => ({ ...given, store: withoutFingerprints(given.store) }) },
    'another amount under the same key is refused',
    'the query is part of it',
    'a binary body is compared byte for byte',
  ),
  mistake(
    fingerprint,
    'compares JSON with the order of its fields',
    options({ fingerprint: (request) => JSON.stringify([request.url, request.body]) }),
    'the order of fields makes no difference',
    'the order of fields deep inside makes no difference',
    'fields can be left out',
  ),
  mistake(
    fingerprint,
    'lets large requests through',
    options({ whenRequestTooLarge: 'pass' }),
    'a body above the cap is refused',
    'a body in chunks above the cap is refused',
  ),
];
