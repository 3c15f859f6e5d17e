let closed = false;

// Whoever read this has gone away (`| head`): the run goes on, to close the harness and write the report.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  closed = true;
});

/** Writes to the standard output, as long as anybody reads it. */
export function print(text: string): void {
  if (!closed) process.stdout.write(text);
}
