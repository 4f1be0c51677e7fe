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

/** Programs that compute the SHA-256 of the certificate, each with the words that it is called with. */
type Digest = {
	/** Reads Base64, writes bytes. */
	readonly decode: string;
	/** Reads bytes, writes their SHA-256 in lower case as its first word. */
	readonly sum: string;
};
const gnu: Digest = {decode: 'base64 -d', sum: 'sha256sum'};

/**
 * The certificate in `$file`; nothing goes on when it is not the one with the fingerprint. The SHA-256 of its DER is that, so no openssl is
 * needed. A program that is missing, or does not take these words, is told as that: a differing fingerprint is an alarm.
 */
const readCertificate = ({pem, sha256}: CaGiven, {decode, sum}: Digest): readonly string[] => [
	`for one in ${decode.split(' ')[0]} ${sum.split(' ')[0]}; do`,
	'  command -v "$one" >/dev/null 2>&1 || {',
	'    echo "$one is missing, which the fingerprint is compared with:" >&2',
	'    echo "nothing was done." >&2',
	'    exit 1',
	'  }',
	'done',
	'work=$(mktemp -d)',
	`trap 'rm -rf "$work"' EXIT`,
	'file=$work/ca.crt',
	`cat >"$file" <<'END_OF_CA'`,
	...pem,
	'END_OF_CA',
	`want=${sha256}`,
	`if ! sed '/-----/d' "$file" | ${decode} >"$work/ca.cer"; then`,
	`  echo ""${decode}" cannot read the certificate in this script, so its" >&2`,
	'  echo "fingerprint cannot be compared: nothing was done." >&2',
	'  exit 1',
	'fi',
	`have=$(${sum} <"$work/ca.cer")`,
	`if [ "\${have%% *}" != "$want" ]; then`,
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
	/** Lines of POSIX sh that end with 1 on a system that it is not for, before anything is done; none where it is for every system. */
	readonly system?: readonly string[];
	/** `base64` and `sha256sum` of GNU where nothing is said. */
	readonly digest?: Digest;
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
	{title, fileName, about, check, system = [], digest = gnu, lines}: CaScript,
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
		...system,
		...readCertificate(given, digest),
		...lines,
	],
});
