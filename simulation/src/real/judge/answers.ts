import type { Call, Execution, Reading, Violation } from './read.ts';

/** What each call was answered is what one of the functions did, and what its own request allows. */
export function answersAgree(reading: Reading): readonly Violation[] {
  return reading.calls.flatMap((call) => {
    const message = wrongIn(reading, call);
    return message === undefined
      ? []
      : [{ rule: 'agrees with the record', key: call.key, message: `${call.call} ${message}` }];
  });
}

function wrongIn(reading: Reading, call: Call): string | undefined {
  const { answer, executions } = call;
  switch (answer?.kind) {
    case undefined:
    case 'went away':
      return undefined;
    case 'value': {
      const execution = reading.executions.get(answer.by);
      if (execution?.key !== call.key || execution.how !== 'returns') {
        return `was given what ${answer.by} returned, which nobody did under this key`;
      }
      const own = executions.includes(execution);
      if (own === answer.replayed) return `was told replayed: ${answer.replayed}`;
      if (own && answer.fence !== execution.fence) return `was told fence ${answer.fence}`;
      return wrongFingerprint(reading, call, execution);
    }
    case 'thrown': {
      const execution = reading.executions.get(answer.by);
      const how = answer.recorded ? 'throws what is recorded' : 'throws';
      if (execution?.key !== call.key || execution.how !== how) {
        return `was thrown what ${answer.by} threw, which nobody did under this key`;
      }
      if (!answer.recorded && !executions.includes(execution)) {
        return `was thrown what ${answer.by} threw, which is not recorded`;
      }
      return wrongFingerprint(reading, call, execution);
    }
    case 'failed':
      return reading.terms.transactional ? undefined : `was rejected with “${answer.message}”`;
    case 'refused':
      return wrongRefusal(reading, call, answer.code, answer.by);
  }
}

function wrongFingerprint(
  { calls }: Reading,
  call: Call,
  execution: Execution,
): string | undefined {
  const theirs = calls.find((other) => other.call === execution.call)?.fingerprint;
  const own = call.fingerprint;
  if (own === undefined || theirs === undefined || own === theirs) return undefined;
  return `was given the result of ${execution.id}, a request with another fingerprint`;
}

function wrongRefusal(
  reading: Reading,
  call: Call,
  code: string,
  by: string | undefined,
): string | undefined {
  const executed = call.executions.length > 0;
  const others = reading.calls.filter(
    (other) => other !== call && other.key === call.key && other.calledAt <= call.answeredAt,
  );
  switch (code) {
    case 'IDEM_IN_PROGRESS':
      if (executed) return 'executed, and was told that another does';
      return others.length > 0 ? undefined : 'was told that another executes, and nobody was there';
    case 'IDEM_KEY_REUSED':
      if (executed) return 'executed, and was told that the key was reused';
      return others.some(differs) ? undefined : 'was told that the key was reused, and nobody did';
    case 'IDEM_LEASE_LOST':
      // A transaction may wait for its connection for longer than the lease.
      if (executed || reading.terms.transactional) return undefined;
      return 'did not execute, and was told that it lost its lease';
    case 'IDEM_NOT_RECORDED':
      if (call.executions.some(({ id }) => id === by)) return undefined;
      return `was told that nothing is recorded yet, with the value of ${by}`;
    case 'IDEM_RESULT_UNENCODABLE': {
      const spoilt = [...reading.executions.values()].some(
        ({ key, how }) => key === call.key && how === 'returns what no codec encodes',
      );
      return spoilt ? undefined : 'was told that a result cannot be encoded, and none was such';
    }
    default:
      if (!code.startsWith('IDEM_STORE_')) return `was refused with ${code}`;
      return executed && !reading.terms.transactional
        ? `executed, and was told ${code}`
        : undefined;
  }

  function differs({ fingerprint }: Call): boolean {
    return fingerprint !== undefined && fingerprint !== call.fingerprint;
  }
}
