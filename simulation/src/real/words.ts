import type { Answer, Event, History } from './history.ts';

/** What happened to a key, a line for each event: time in milliseconds, who, what. */
export function tell({ events, terms, effects }: History, key: string): string {
  const calls = new Set(
    events.flatMap((event) => (event.kind === 'called' && event.key === key ? [event.call] : [])),
  );
  const ordered = events
    .filter((event) =>
      event.kind === 'removed'
        ? event.key === key
        : event.kind === 'stood still' || calls.has(event.call),
    )
    .toSorted((a, b) => a.at - b.at);
  const first = ordered.find(({ kind }) => kind === 'called')?.at ?? 0;
  const last = ordered.findLast(({ kind }) => kind !== 'stood still')?.at ?? 0;
  const lines = ordered
    .filter(({ at }) => at >= first && at <= last)
    .map((event) => {
      const time = (event.at - first).toFixed(1).padStart(9);
      return `${time}  ${event.process.padEnd(4)} ${inWords(event)}`;
    });
  const { lease, ttl, maxHold } = terms;
  const committed = effects.length === 0 ? [] : [`committed: ${effects.join(', ')}`];
  return [
    `key ${key}: lease ${lease} ms, ttl ${ttl} ms, maximum hold ${maxHold} ms`,
    ...lines,
    ...committed,
  ].join('\n');
}

function inWords(event: Event): string {
  switch (event.kind) {
    case 'called': {
      const said = event.fingerprint === undefined ? '' : `, fingerprint “${event.fingerprint}”`;
      return `${event.call}: runs ${event.key}, wait ${event.wait} ms${said}`;
    }
    case 'began': {
      const told = event.takeover ? ', told of a takeover' : '';
      return `${event.id}: fn begins under fence ${event.fence}${told}`;
    }
    case 'ended':
      return `${event.id}: fn ${event.how}${event.lost ? ', its signal aborted' : ''}`;
    case 'answered':
      return `${event.call}: ${answerInWords(event.answer)}`;
    case 'removed':
      return `an operator removed ${event.key}, ${(event.at - event.since).toFixed(1)} ms before this or later`;
    case 'stood still':
      return `stood still for ${Math.round(event.at - event.since)} ms`;
  }
}

function answerInWords(answer: Answer): string {
  switch (answer.kind) {
    case 'value':
      return `gets what ${answer.by} returned${answer.replayed ? ', replayed' : ''}`;
    case 'thrown':
      return `is thrown what ${answer.by} threw`;
    case 'refused':
      return `is refused with ${answer.code}${answer.by === undefined ? '' : `, the value of ${answer.by}`}`;
    case 'went away':
      return 'went away';
    case 'failed':
      return `is rejected with “${answer.message}”`;
  }
}
