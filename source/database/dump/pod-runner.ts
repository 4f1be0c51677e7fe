import {randomBytes} from 'node:crypto';
import {PassThrough, Readable, Transform} from 'node:stream';
import type {Order, Runner} from './runner.ts';

/** Runs a command in the pod with the client tools, as `ClusterPort.exec` does it. */
export type PodShell = (order: {
	readonly command: readonly string[];
	readonly stdin?: NodeJS.ReadableStream | undefined;
	readonly stdout?: NodeJS.WritableStream | undefined;
	readonly signal: AbortSignal;
}) => Promise<{readonly exitCode: number; readonly stderr: readonly string[]}>;

/**
 * The shell's part, for any POSIX shell: writes the files that come on its standard input, a line of base64 each, into a folder of its
 * own, runs the program with what follows there, and removes the folder. `read` takes no byte of what follows. Parameters: the folder,
 * the names of the files until `--`, then `env` with the environment and the command.
 */
const wrapper = `umask 077
folder=$1; shift
mkdir "$folder" || exit 120
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' TERM INT HUP PIPE
while [ "$1" != -- ]; do
  IFS= read -r line || exit 121
  printf %s "$line" | base64 -d > "$folder/$1" || exit 122
  shift
done
shift
"$@"`;

/** The environment of the program, as words of env(1). */
const envWords = (order: Order, folder: string): readonly string[] => [
	'env',
	`HOME=${folder}`,
	'LC_ALL=C',
	...Object.entries(order.environment?.(folder) ?? {}).map(([name, value]) => `${name}=${value}`),
];

/** First the files, then the program's own input. */
async function* inputOf(
	files: Readonly<Record<string, string>>,
	stdin: NodeJS.ReadableStream | undefined,
	onMove: (bytes: number) => void,
): AsyncGenerator<Buffer> {
	for (const text of Object.values(files)) yield Buffer.from(`${Buffer.from(text).toString('base64')}\n`);
	if (!stdin) return;
	for await (const chunk of stdin) {
		const bytes = Buffer.from(chunk);
		onMove(bytes.length);
		yield bytes;
	}
}

/** Counts what has passed, and ends what stands still. */
const watch = ({silenceMs, signal, onBytes}: Order) => {
	const silence = new AbortController();
	const timer = setTimeout(() => silence.abort(), silenceMs);
	let total = 0;
	return {
		signal: AbortSignal.any([signal, silence.signal]),
		wasSilent: () => silence.signal.aborted,
		onMove: () => void timer.refresh(),
		count: (bytes: number): void => {
			timer.refresh();
			total += bytes;
			onBytes?.(total);
		},
		end: () => clearTimeout(timer),
	};
};

/** What comes out of the pod, on its way to who wants it. */
const counted = (stdout: NodeJS.WritableStream, onMove: (bytes: number) => void): Transform => {
	const through = new Transform({
		transform: (chunk: Buffer, _encoding, done) => {
			onMove(chunk.length);
			done(null, chunk);
		},
	});
	through.pipe(stdout, {end: false});
	return through;
};

const settle = async (through: Transform | undefined, stdout: NodeJS.WritableStream | undefined): Promise<void> => {
	if (!through) return;
	await new Promise<void>((resolve, reject) => {
		through.once('end', resolve).once('error', reject);
		stdout?.once('error', reject);
		through.end();
	});
};

/**
 * The programs of a pod. Files with logins come over the connection of `exec`, so that no Secret has to be mounted and a login of any
 * database will do; no word of a command holds one.
 */
export const createPodRunner = (shell: PodShell): Runner => ({
	where: 'cluster',
	search: async (names, signal) => {
		const stdout = new PassThrough();
		let said = '';
		stdout.on('data', (chunk: Buffer) => {
			said = `${said}${chunk.toString('utf8')}`.slice(0, 16 * 1024);
		});
		const script =
			'for name in "$@"; do for folder in $(echo "$PATH" | tr : " ") /usr/lib/postgresql/*/bin; do [ -x "$folder/$name" ] && echo "$folder/$name"; done; done; true';
		await shell({command: ['sh', '-c', script, 'sh', ...names], stdout, signal});
		return [...new Set(said.split('\n').filter((line) => line.startsWith('/')))];
	},
	run: async (order) => {
		order.signal.throwIfAborted();
		const folder = `/tmp/zenml-airgap-${randomBytes(8).toString('hex')}`;
		const files = order.files?.(folder) ?? {};
		const {signal, wasSilent, onMove, count, end} = watch(order);
		const through = order.stdout && counted(order.stdout, order.stdin ? onMove : count);
		const hasInput = order.stdin !== undefined || Object.keys(files).length > 0;
		const command = ['sh', '-c', wrapper, 'sh', folder, ...Object.keys(files), '--'];
		try {
			const {exitCode, stderr} = await shell({
				command: [...command, ...envWords(order, folder), order.program, ...order.args(folder)],
				stdin: hasInput ? Readable.from(inputOf(files, order.stdin, count)) : undefined,
				stdout: through,
				signal,
			});
			await settle(through, order.stdout);
			return {exitCode, stderr, wasSilent: false};
		} catch (error) {
			order.signal.throwIfAborted();
			if (wasSilent()) return {exitCode: undefined, stderr: [], wasSilent: true};
			throw error;
		} finally {
			end();
		}
	},
});
