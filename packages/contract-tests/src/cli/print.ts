const { stdout } = process;
// Its own: what an adapter writes may be led elsewhere (see `aside`), and the report may not.
const write = stdout.write.bind(stdout);

let gone = false;

// Without a listener an error of the stream would end the process; `print` answers with it.
stdout.on('error', () => {});

/**
 * Writes to the standard output, as long as anybody reads it: where whoever read has gone away
 * (`| head`), the run goes on, to close the harness and write the report. Answers why it could not be
 * written, where that is another reason.
 */
export async function print(text: string): Promise<Error | undefined> {
  if (gone) return undefined;
  const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    write(text, resolve);
  });
  gone ||= error?.code === 'EPIPE';
  return gone ? undefined : (error ?? undefined);
}

/** From now on what anybody else writes to the standard output goes beside it: a report that is read as JSON holds nothing else. */
export function aside(): void {
  stdout.write = process.stderr.write.bind(process.stderr);
}
