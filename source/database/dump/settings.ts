import {majorOf} from './versions.ts';

/** The setting that pg_restore of PostgreSQL 17 and newer turns off, and that older servers do not know. */
const [setting, since] = ['SET transaction_timeout = 0;\n', 17];

/** Where in a script the settings stand, bytes: in front of all else. */
const most = 64 * 1024;

/** The script of pg_restore, fit for a server of that version. */
export async function* withoutUnknownSetting(script: AsyncIterable<Buffer>, server: string): AsyncGenerator<Buffer> {
	let head: Buffer | undefined = majorOf(server) < since ? Buffer.alloc(0) : undefined;
	const cleaned = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').replace(setting, ''), 'latin1');
	for await (const chunk of script) {
		if (head) head = Buffer.concat([head, chunk]);
		else yield chunk;
		if (head && (head.length >= most || head.includes(setting))) {
			yield cleaned(head);
			head = undefined;
		}
	}
	if (head) yield cleaned(head);
}
