import {Writable} from 'node:stream';
import type {Context} from '../base/context.ts';
import {createPlainLines, type PlainLines} from '../plain/lines.ts';

/** A conversation on standard error, so that standard output stays for results. */
export const openLines = (context: Context, onInterrupt: () => void): PlainLines => {
	const write: ConstructorParameters<typeof Writable>[0] = {
		decodeStrings: false,
		write: (text: string, _encoding, done) => {
			context.err(text);
			done();
		},
	};
	return createPlainLines({input: context.stdin, output: new Writable(write), onInterrupt});
};
