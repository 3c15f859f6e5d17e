import type { Duplex } from 'node:stream';
import { loginOf, tokenOf } from './logins.ts';
import { type Message, MessageReader, PACKET, packet } from './packets.ts';
import { requestOf } from './requests.ts';
import type { Script, Work } from './script.ts';
import * as tokens from './tokens.ts';

/**
 * One connection of a client, with what SQL Server keeps for it: the transaction, and the request
 * under way.
 */
export class Session {
  readonly number: number;
  readonly #script: Script;
  readonly #stream: Duplex;
  readonly #work: Work;
  readonly #reader = new MessageReader();
  #descriptor: Buffer | undefined;
  /** What was written in the open transaction. */
  #pending: string[] = [];
  #hanging = false;
  /** Transactions that were begun in the one that is open: a COMMIT ends the innermost, and tells the client nothing. */
  #inner = 0;

  constructor(number: number, stream: Duplex, script: Script, work: Work) {
    this.number = number;
    this.#stream = stream;
    this.#script = script;
    this.#work = work;
    stream.on('data', (chunk: Buffer) => {
      for (const message of this.#reader.read(chunk)) this.#send(this.#answer(message));
    });
    // The end of a session is the end of its transaction.
    stream.on('close', () => {
      this.#pending = [];
      this.#descriptor = undefined;
    });
    stream.on('error', () => {});
  }

  get inTransaction(): boolean {
    return this.#descriptor !== undefined;
  }

  #answer(message: Message): readonly Buffer[] {
    if (message.type === PACKET.login) return this.#login(message);
    if (message.type === PACKET.token) return this.#admit(tokenOf(message));
    if (message.type === PACKET.attention) return this.#attention();
    if (message.ignored) return [tokens.done('with an error')];
    const request = requestOf(message);
    return request.kind === 'sql' ? this.#execute(request.text) : this.#manage(request.kind);
  }

  #login(message: Message): readonly Buffer[] {
    const login = loginOf(message);
    if (login.by === 'password') return this.#admit(login.user);
    if (login.by === 'asking') return [tokens.federation()];
    return this.#admit(login.token, [tokens.federated()]);
  }

  #admit(userOrToken: string, extras: readonly Buffer[] = []): readonly Buffer[] {
    const errors = this.#script.login?.(this.number, userOrToken) ?? [];
    if (errors.length === 0) return [tokens.loginAck(), ...extras, tokens.done()];
    // As SQL Server, which hangs up on whom it refused.
    setImmediate(() => this.#stream.end());
    return [...errors.map(tokens.error), tokens.done('with an error')];
  }

  #execute(text: string): readonly Buffer[] {
    // What tedious sets when it has logged in.
    if (text.startsWith('set ')) return [tokens.done()];
    const { inTransaction } = this;
    if (text === 'BEGIN TRANSACTION') {
      if (!inTransaction) return this.#manage('begin');
      this.#inner++;
      // The text runs in sp_executesql, after which the count has to be what it was.
      return [tokens.error({ number: 266 }), tokens.done('with an error')];
    }
    this.#work.log.push({ session: this.number, text, inTransaction });
    const open = inTransaction ? 1 + this.#inner : 0;
    const answer = this.#script.answer({ text, inTransaction, open, session: this.number });
    if (answer === 'hang') {
      this.#hanging = true;
      return [];
    }
    if (answer === 'drop') {
      this.#stream.destroy();
      return [];
    }
    if ('error' in answer) {
      const undone = answer.rollsBack === true ? this.#end('rolled back') : [];
      return [tokens.error(answer.error), ...undone, tokens.done('with an error')];
    }
    if ('failed' in answer) {
      return [tokens.error(answer.failed), tokens.rows(answer.rows), tokens.done()];
    }
    if (answer.writes !== undefined) {
      (inTransaction ? this.#pending : this.#work.committed).push(answer.writes);
    }
    return [tokens.rows(answer.rows), tokens.done()];
  }

  #manage(kind: 'begin' | 'commit' | 'rollback' | 'save'): readonly Buffer[] {
    this.#work.log.push({ session: this.number, text: kind });
    if (this.#script.hangs?.(kind) === true) {
      this.#hanging = true;
      return [];
    }
    if (kind === 'begin' && this.#descriptor !== undefined) {
      this.#inner++;
      return [tokens.done()];
    }
    if (kind === 'begin') {
      this.#descriptor = Buffer.alloc(8, this.number + 1);
      return [tokens.beganTransaction(this.#descriptor), tokens.done()];
    }
    if (this.#descriptor === undefined) {
      const number = kind === 'commit' ? 3902 : 3903;
      return [tokens.error({ number }), tokens.done('with an error')];
    }
    if (kind === 'save') return [tokens.done()];
    if (kind === 'commit' && this.#inner > 0) {
      this.#inner--;
      return [tokens.done()];
    }
    if (kind === 'commit') this.#work.committed.push(...this.#pending);
    return [...this.#end(kind === 'commit' ? 'committed' : 'rolled back'), tokens.done()];
  }

  #end(how: 'committed' | 'rolled back'): readonly Buffer[] {
    if (this.#descriptor === undefined) return [];
    const ended = tokens.endedTransaction(how, this.#descriptor);
    this.#descriptor = undefined;
    this.#pending = [];
    this.#inner = 0;
    return [ended];
  }

  /** The cancelled statement is undone, and the transaction stays (without XACT_ABORT). */
  #attention(): readonly Buffer[] {
    this.#work.log.push({ session: this.number, text: 'attention' });
    const acknowledge = (): void => {
      if (this.#hanging) this.#send([tokens.done('with an error')]);
      this.#hanging = false;
      this.#send([tokens.done('by attention')]);
    };
    if (this.#script.attention === undefined) acknowledge();
    else this.#script.attention(acknowledge);
    return [];
  }

  #send(parts: readonly Buffer[]): void {
    if (parts.length === 0 || this.#stream.destroyed) return;
    this.#stream.write(packet(PACKET.tabular, Buffer.concat(parts)));
  }
}
