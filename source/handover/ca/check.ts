import type {HandoverSection} from '../../base/handover.ts';
import {shellWord} from '../../base/shell.ts';
import type {CaGiven} from './given.ts';

/** Asks each address as any client would: by the trust store of the machine. It ends with 1 where one of them fails. */
export const check = ({urls}: Pick<CaGiven, 'urls'>): HandoverSection => ({
	title: 'Check',
	fileName: 'ca-check.sh',
	kind: 'script',
	lines: [
		'#!/bin/sh',
		'# After the installation, on a machine that has the CA. Every line must',
		'# begin with "ok"; the exit code is 1 where one does not.',
		'set -u',
		'[ $# -eq 0 ] || { echo "usage: sh ca-check.sh" >&2; exit 2; }',
		'failed=0',
		'fail() {',
		'  echo "FAILED $1" >&2',
		'  failed=1',
		'}',
		'# Exit codes of curl(1): 6 no such name, 7 refused, 28 too slow.',
		'ask() {',
		'  code=0',
		'  status=$(curl -sS -o /dev/null -m 20 -w "%{http_code}" "$1/") || code=$?',
		'  case $code:$status in',
		'    0:*) ;;',
		'    6:*) fail "$1: the name does not resolve; nothing is known of the CA" ;;',
		'    7:*|28:*) fail "$1: it cannot be reached; nothing is known of the CA" ;;',
		'    *) fail "$1: no answer that this machine trusts" ;;',
		'  esac',
		'  [ "$code" = 0 ] || return 0',
		'  case $status in',
		'    5*)',
		'      fail "$1: HTTP $status; the CA is trusted, no server is up" ;;',
		'    *) echo "ok $1: HTTP $status" ;;',
		'  esac',
		'}',
		...urls.map((url) => `ask ${shellWord(url)}`),
		'exit "$failed"',
	],
});
