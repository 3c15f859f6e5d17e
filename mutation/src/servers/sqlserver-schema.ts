/** The texts of a schema. */
export interface Schema {
  /** Creates what is missing, and changes nothing that is there. */
  readonly script: string;
  /** What it creates the table with. */
  readonly table: string;
  /** What it creates each procedure with, by their names. */
  readonly procedures: ReadonlyMap<string, string>;
}

type Send = (text: string) => Promise<unknown>;

/**
 * A table and its procedures on a server, which become those of one mutant after the other. A mistake is
 * in one procedure or a few; what Babelfish takes to parse the others again is most of what a
 * mutant that is caught would cost.
 */
export class KeptSchema {
  readonly #send: Send;
  readonly #table: string | undefined;
  readonly #procedures: Map<string, string>;

  private constructor(send: Send, { table, procedures }: Schema) {
    this.#send = send;
    this.#table = table;
    this.#procedures = new Map(procedures);
  }

  static async create(send: Send, schema: Schema): Promise<KeptSchema> {
    await send(schema.script);
    return new KeptSchema(send, schema);
  }

  /** False where the table itself is another: that takes one of its own. */
  canBecome({ table }: Schema): boolean {
    return table === this.#table;
  }

  /** The schema is this one. It rejects where the server takes it not, and may become another after that. */
  async become({ script, procedures }: Schema): Promise<void> {
    for (const [name, text] of this.#procedures) {
      if (procedures.get(name) === text) continue;
      await this.#send(`IF OBJECT_ID(N'${name}', N'P') IS NOT NULL DROP PROCEDURE ${name}`);
      this.#procedures.delete(name);
    }
    await this.#send(script);
    for (const [name, text] of procedures) this.#procedures.set(name, text);
  }
}
