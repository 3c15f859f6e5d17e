import { describe, expect, test } from 'vitest';
import { readEdn } from '../src/published/edn.ts';
import {
  judgeJepsenLog,
  judgeKeyValueLog,
  judgeKnossosMutex,
  judgeKnossosRegister,
} from '../src/published/judge.ts';

const log = (...lines: string[]): string =>
  lines.map((line) => `INFO  jepsen.util - ${line.replaceAll(' | ', '\t')}`).join('\n');

describe('a log of Jepsen', () => {
  test('a cas that failed saw another value', () => {
    const written = ['0 | :invoke | :write | 1', '0 | :ok | :write | 1'];
    const failed = ['1 | :invoke | :cas | [1 2]', '1 | :fail | :cas | [1 2]'];
    expect(judgeJepsenLog(log(...written, ...failed)).outcome).toBe('inexplicable');
    expect(judgeJepsenLog(log(...failed, ...written)).outcome).toBe('explained');
  });

  test('a write that timed out may come at any later time, or never', () => {
    const lost = ['0 | :invoke | :write | 3', '0 | :info | :write | :timed-out'];
    const read = (value: string): string[] => [
      '1 | :invoke | :read | nil',
      `1 | :ok | :read | ${value}`,
    ];
    expect(judgeJepsenLog(log(...lost, ...read('nil'), ...read('3'))).outcome).toBe('explained');
    expect(judgeJepsenLog(log(...lost, ...read('nil'))).outcome).toBe('explained');
    expect(judgeJepsenLog(log(...lost, ...read('3'), ...read('nil'))).outcome).toBe('inexplicable');
  });

  test('a read that timed out saw nothing', () => {
    const lines = ['0 | :invoke | :read | nil', '0 | :fail | :read | :timed-out'];
    expect(judgeJepsenLog(log(...lines)).outcome).toBe('explained');
  });
});

describe('what is not understood is no history, instead of one without it', () => {
  test('of a register', () => {
    expect(() => judgeJepsenLog(log('0 | :invoke | :append | 1'))).toThrow('no line');
    const words = [
      'INFO  jepsen.core - Run complete',
      'INFO  jepsen.util - :nemesis\t:info\t:start',
    ];
    expect(judgeJepsenLog([...words, ''].join('\n')).operations).toBe(0);
  });

  test('of a map', () => {
    expect(() => judgeKeyValueLog('{:process 0, :type :info, :f :get}')).toThrow('no event');
  });
});

describe('a history of Knossos', () => {
  const event = (process: number, type: string, f: string, value: string): string =>
    `{:process ${process}, :type :${type}, :f :${f}, :value ${value}}`;

  test('of a register, with comments, and in a vector or a list', () => {
    const good = [
      event(0, 'invoke', 'write', '1'),
      event(0, 'ok', 'write', '1'),
      '; then it is read',
    ];
    const read = (value: string): string[] => [
      event(1, 'invoke', 'read', 'nil'),
      event(1, 'ok', 'read', value),
    ];
    expect(judgeKnossosRegister(`[${[...good, ...read('1')].join('\n')}]`).outcome).toBe(
      'explained',
    );
    expect(judgeKnossosRegister(`(${[...good, ...read('2')].join('\n')})`).outcome).toBe(
      'inexplicable',
    );
  });

  test('what failed did not happen', () => {
    const lines = [event(0, 'invoke', 'write', '1'), event(0, 'fail', 'write', '1')];
    const read = [event(1, 'invoke', 'read', 'nil'), event(1, 'ok', 'read', '1')];
    expect(judgeKnossosRegister(`[${[...lines, ...read].join('\n')}]`).outcome).toBe(
      'inexplicable',
    );
  });

  test('of a lock that two hold', () => {
    const taken = (process: number): string[] => [
      event(process, 'invoke', 'acquire', 'nil'),
      event(process, 'ok', 'acquire', 'nil'),
    ];
    expect(judgeKnossosMutex(`[${taken(1).join('\n')}]`).outcome).toBe('explained');
    expect(judgeKnossosMutex(`[${[...taken(1), ...taken(2)].join('\n')}]`).outcome).toBe(
      'inexplicable',
    );
  });

  test('EDN as far as that needs it', () => {
    expect(readEdn('[{:a 1, :b [nil true "x\\"y"]} ; a comment\n (:k -2.5)]')).toEqual([
      { ':a': 1, ':b': [null, true, 'x"y'] },
      [':k', -2.5],
    ]);
  });
});

test('a map of texts, each key by itself', () => {
  const line = (process: number, type: string, f: string, key: string, value: string): string =>
    `{:process ${process}, :type :${type}, :f :${f}, :key "${key}", :value ${value}}`;
  const appended = [line(0, 'invoke', 'append', 'a', '"x"'), line(0, 'ok', 'append', 'a', '"x"')];
  const got = (key: string, value: string): string[] => [
    line(1, 'invoke', 'get', key, 'nil'),
    line(1, 'ok', 'get', key, `"${value}"`),
  ];
  expect(
    judgeKeyValueLog([...appended, ...got('a', 'x'), ...got('b', '')].join('\n')).outcome,
  ).toBe('explained');
  expect(judgeKeyValueLog([...appended, ...got('a', '')].join('\n')).outcome).toBe('inexplicable');
});
