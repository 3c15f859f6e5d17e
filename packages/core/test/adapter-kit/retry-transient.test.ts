import { describe, expect, test, vi } from 'vitest';
import { retryTransient } from '../../src/adapter.ts';
import { pass, useFakeTime } from '../support/fake-time.ts';
import { rejection } from '../support/fixture.ts';

useFakeTime();

const transient = new Error('deadlock victim');
const terms = {
  isTransient: (error: unknown) => error === transient,
  attempts: 5,
  deadline: 10_000,
  random: () => 1,
};

test('what succeeds is tried once, without a timer', async () => {
  const attempt = vi.fn(async (n: number) => n);
  expect(await retryTransient(attempt, terms)).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('a transient fault is tried again, after pauses that double', async () => {
  const at: number[] = [];
  const result = retryTransient(async (n) => {
    at.push(performance.now());
    if (n < 4) throw transient;
    return n;
  }, terms);
  const started = at[0] ?? 0;
  await pass(1_000);
  expect(await result).toBe(4);
  expect(at.map((time) => Math.round(time - started))).toEqual([0, 20, 60, 140]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a fault that is not transient ends it at once', async () => {
  const fault = new Error('syntax');
  const attempt = vi.fn(() => Promise.reject(fault));
  expect(await rejection(retryTransient(attempt, terms))).toBe(fault);
  expect(attempt).toHaveBeenCalledTimes(1);
});

test('the attempts are bounded, and the last fault is what is told', async () => {
  const attempt = vi.fn(() => Promise.reject(transient));
  const result = rejection(retryTransient(attempt, terms));
  await pass(10_000);
  expect(await result).toBe(transient);
  expect(attempt).toHaveBeenCalledTimes(5);
});

test('after the deadline nothing is tried again', async () => {
  const attempt = vi.fn(() => Promise.reject(transient));
  const result = rejection(retryTransient(attempt, { ...terms, attempts: 1_000, deadline: 100 }));
  await pass(100);
  expect(await result).toBe(transient);
  expect(attempt).toHaveBeenCalledTimes(3);
  expect(vi.getTimerCount()).toBe(0);
});

test('an aborted signal ends it at once, with its reason', async () => {
  const caller = new AbortController();
  const attempt = vi.fn(() => Promise.reject(transient));
  const result = rejection(retryTransient(attempt, { ...terms, signal: caller.signal }));
  await pass(10);
  caller.abort('gone');
  expect(await result).toBe('gone');
  expect(attempt).toHaveBeenCalledTimes(1);
  const before = retryTransient(attempt, { ...terms, signal: caller.signal });
  expect(await rejection(before)).toBe('gone');
  expect(attempt).toHaveBeenCalledTimes(1);
});

describe('a bounded attempt', () => {
  const never = (): Promise<never> => new Promise(() => {});
  const bounds = { ...terms, attemptDeadline: 50 };

  test('that is late is given up and tried again, its signal aborted', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const result = retryTransient(async (n, signal) => {
      signals.push(signal);
      return n < 3 ? never() : n;
    }, bounds);
    await pass(49);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    await pass(1_000);
    expect(await result).toBe(3);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends with a time-out that may be repeated, when all of them are late', async () => {
    const attempt = vi.fn(never);
    const result = rejection(retryTransient(attempt, { ...bounds, attempts: 2 }));
    await pass(1_000);
    expect(await result).toMatchObject({ code: 'IDEM_STORE_TIMEOUT', retryable: true });
    expect(String(await result)).toMatch(/Attempt 2 was not answered within 50 ms/);
    expect(attempt).toHaveBeenCalledTimes(2);
  });

  test('takes no longer than what is left of the whole', async () => {
    const started = performance.now();
    const long = { ...bounds, attemptDeadline: 60_000, deadline: 200 };
    const ended = rejection(retryTransient(never, long)).then(() => performance.now() - started);
    await pass(1_000);
    expect(Math.round(await ended)).toBe(200);
  });

  test('ends at once when the caller goes away', async () => {
    const caller = new AbortController();
    const result = rejection(retryTransient(never, { ...bounds, signal: caller.signal }));
    caller.abort('gone');
    expect(await result).toBe('gone');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('in time leaves no timer, and its own fault is judged as ever', async () => {
    expect(await retryTransient(async (n) => n, bounds)).toBe(1);
    const fault = new Error('no such table');
    expect(await rejection(retryTransient(() => Promise.reject(fault), bounds))).toBe(fault);
    expect(vi.getTimerCount()).toBe(0);
  });
});
