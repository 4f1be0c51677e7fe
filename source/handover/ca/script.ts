import type {HandoverSection} from '../../base/handover.ts';
import type {CaGiven} from './given.ts';

/**
 * Lines of POSIX sh that read the words of a script: none, or "remove". Any other is refused before anything is done: what somebody asks
 * with "--help" or "REMOVE" must not install. Settings of a script are environment variables.
 */
const readWords = (fileName: string): readonly string[] => [
	'what=install',
	`case "$#:\${1-}" in`,
	'  0:) ;;',
	'  1:remove) what=remove ;;',
	`  *) echo "usage: sh ${fileName} [remove]" >&2; exit 2 ;;`,
	'esac',
];

/** The certificate in `$file`; nothing goes on when it is not the one with the fingerprint. The SHA-256 of its DER is that, so no openssl is needed. */
const readCertificate = ({pem, sha256}: CaGiven, digest: string): readonly string[] => [
	'file=$(mktemp)',
	`trap 'rm -f "$file"' EXIT`,
	`cat >"$file" <<'END_OF_CA'`,
	...pem,
	'END_OF_CA',
	`want=${sha256}`,
	`have=$(sed '/-----/d' "$file" | ${digest} | cut -c 1-64)`,
	'if [ "$have" != "$want" ]; then',
	`  echo "The fingerprint differs: do not install this certificate." >&2`,
	'  exit 1',
	'fi',
];

/** A script that brings the CA somewhere, and takes it away again. */
export type CaScript = {
	readonly title: string;
	readonly fileName: string;
	/** What it is for, who runs it, its settings: comments. */
	readonly about: readonly string[];
	/** A command that shows the certificate where the script puts it, with `ca.crt` in this folder; further lines go on with it. */
	readonly check: readonly string[];
	/** Prints the SHA-256 of the Base64 that it reads; `base64` and `sha256sum` of GNU where nothing is said. */
	readonly digest?: string;
	/** POSIX sh under `set -eu`, with the certificate in `$file` and `install` or `remove` in `$what`. */
	readonly lines: readonly string[];
};

/** What every script says where nothing was to be done. */
export const nothingToDo = {
	install: 'It is there already: nothing to do.',
	remove: 'It is not there: nothing to do.',
} as const;

/**
 * A script of the papers; run with the word "remove" it undoes what it did. Either may be run again and changes nothing then. Each tells in
 * its last line what was done, or that nothing was to be done.
 */
export const caScript = (
	given: CaGiven,
	{title, fileName, about, check, digest = 'base64 -d | sha256sum', lines}: CaScript,
): HandoverSection => ({
	title,
	fileName,
	kind: 'script',
	lines: [
		'#!/bin/sh',
		...about.map((line) => `# ${line}`),
		'# To check, in this folder:',
		...check.map((line) => `#   ${line}`),
		`# To undo: sh ${fileName} remove`,
		'set -eu',
		...readWords(fileName),
		...readCertificate(given, digest),
		...lines,
	],
});
