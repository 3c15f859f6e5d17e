import { expect, test } from 'vitest';
import { parseUrl } from '../src/connection/url.ts';

test.each(['postgres', 'postgresql'])(
  'a %s URL says server and options, and pg gets the rest',
  (scheme) => {
    const { config, settings, poolSize } = parseUrl(
      `${scheme}://us%40er:p%3Aw@db.example:5433/app?sslmode=require&timeout=500&table=keys&schema=app&poolSize=3`,
    );
    expect(config).toEqual({
      connectionString: `${scheme}://us%40er:p%3Aw@db.example:5433/app?sslmode=require`,
    });
    expect(settings).toMatchObject({ schema: 'app', table: 'keys', timeout: 500 });
    expect(poolSize).toBe(3);
  },
);

test.each(['mysql://u:secret@h/x', 'postgres://u:secret@h/x?timeout=-1', 'secret'])(
  '%s is refused, and the password is not repeated',
  (url) => {
    expect(() => parseUrl(url)).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
    expect(() => parseUrl(url)).not.toThrow(/secret/);
  },
);
