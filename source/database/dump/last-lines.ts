/** What is kept of a program's words, bytes, and how many of its last lines are told. */
const [most, mostLines] = [16 * 1024, 40];

/** Listens to what a program says of itself. @returns gives its last lines */
export const lastLines = (stream: NodeJS.ReadableStream): (() => readonly string[]) => {
	let kept = Buffer.alloc(0);
	stream.on('data', (chunk: Buffer) => {
		kept = Buffer.concat([kept, chunk]).subarray(-most);
	});
	stream.on('error', () => undefined);
	return () =>
		kept
			.toString('utf8')
			.split('\n')
			.map((line) => line.trim())
			.filter((line) => line !== '')
			.slice(-mostLines);
};
