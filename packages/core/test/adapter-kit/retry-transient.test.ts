import { expect, test, vi } from 'vitest';
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
