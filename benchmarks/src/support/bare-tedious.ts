import { Connection, type ConnectionConfiguration, Request, TYPES } from 'tedious';

export type Row = Record<string, unknown>;
type Parameter = string | number | Buffer | null;

/** tedious with nothing around it: a few open connections, each with one request at a time. */
export class BareTedious {
  readonly #free: Connection[];
  readonly #waiting: ((connection: Connection) => void)[] = [];

  private constructor(connections: Connection[]) {
    this.#free = connections;
  }

  static async open(config: ConnectionConfiguration, size: number): Promise<BareTedious> {
    const open = (): Promise<Connection> =>
      new Promise((resolve, reject) => {
        const connection = new Connection(config);
        connection.connect((error) => (error ? reject(error) : resolve(connection)));
      });
    return new BareTedious(await Promise.all(Array.from({ length: size }, open)));
  }

  /** Sends a statement with parameters @1, @2 …, typed as kysely types them, and collects its rows. */
  async send(text: string, parameters: readonly Parameter[]): Promise<Row[]> {
    const connection = this.#free.pop() ?? (await this.#next());
    try {
      return await execute(connection, text, parameters);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(connection);
      else next(connection);
    }
  }

  close(): void {
    for (const connection of this.#free) connection.close();
  }

  #next(): Promise<Connection> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

function execute(
  connection: Connection,
  text: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const rows: Row[] = [];
    const request = new Request(text, (error) => (error ? reject(error) : resolve(rows)));
    request.on('row', (columns) => {
      const row: Row = {};
      for (const column of columns) row[column.metadata.colName] = column.value;
      rows.push(row);
    });
    for (const [i, value] of parameters.entries()) {
      const type =
        typeof value === 'number'
          ? TYPES.Int
          : Buffer.isBuffer(value)
            ? TYPES.VarBinary
            : TYPES.NVarChar;
      request.addParameter(String(i + 1), type, value);
    }
    connection.execSql(request);
  });
}
