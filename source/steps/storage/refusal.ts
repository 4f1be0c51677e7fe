import {type StoragePlace, wordsOfPlace} from '../../answers/storage/place.ts';
import {printable} from '../../base/printable.ts';
import type {Problem} from '../../base/problem.ts';
import {cutTo, oneLine, sentence} from '../../base/text.ts';
import {stepProblems} from '../problems.ts';
import type {ProbeResult} from '../shared/pod-probe.ts';
import type {StorageUse} from './objects.ts';

export type StorageCase = Parameters<typeof stepProblems.problem<'storage-unusable'>>[1]['case'];

/** OpenSSL's verify codes for another name and another address (X509_V_ERR_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH). */
const otherHost: readonly unknown[] = [62, 64];

/** Error codes of S3 ("Error responses", Amazon S3 API Reference) and of servers that speak it. */
const byCode: Readonly<Record<string, StorageCase>> = {
	InvalidAccessKeyId: 'unknown key',
	InvalidTokenId: 'unknown key',
	SignatureDoesNotMatch: 'wrong key',
	NoSuchBucket: 'no bucket',
	RequestTimeTooSkewed: 'clock',
	PermanentRedirect: 'region',
	TemporaryRedirect: 'region',
	AuthorizationHeaderMalformed: 'region',
	AllAccessDisabled: 'no right',
	AccessDenied: 'no right',
	QuotaExceeded: 'full',
	XMinioStorageFull: 'full',
	XMinioAdminBucketQuotaExceeded: 'full',
};

const byErrno: Readonly<Record<string, StorageCase>> = {
	EROFS: 'read-only',
	EACCES: 'not allowed',
	EPERM: 'not allowed',
	ENOSPC: 'full',
	EDQUOT: 'full',
};

const ofAnswer = (code: string, status: unknown, region: string): StorageCase => {
	const known = byCode[code];
	if (known === 'region' && region === '') return 'another answer';
	if (known !== undefined) return known;
	if (status === 301 && region !== '') return 'region';
	return status === 403 ? 'no right' : 'another answer';
};

/** Why a storage cannot be used, of what a probe printed. */
const caseOf = ({kind, code, status, region}: ProbeResult): StorageCase => {
	const name = String(code ?? '');
	if (kind === 'answer') return ofAnswer(name, status, String(region ?? ''));
	if (kind === 'folder') return byErrno[name] ?? 'other';
	if (kind === 'dns') return 'name';
	if (kind === 'refused' || kind === 'timeout') return 'network';
	if (kind === 'certificate') return otherHost.includes(code) ? 'certificate of another host' : 'untrusted certificate';
	return 'other';
};

const s3Answers: Partial<Record<StorageCase, readonly string[]>> = {
	'unknown key': ['accessKey'],
	'wrong key': ['secretKey'],
	'no bucket': ['bucket'],
	region: ['region'],
	'no right': ['accessKey'],
	'untrusted certificate': ['ca'],
};

/** Answers that may mend it. */
const answersFor = ({kind, from}: StoragePlace, what: StorageCase): readonly string[] => {
	if (kind === 's3') return (s3Answers[what] ?? ['endpoint']).map((key) => `${from}.s3.${key}`);
	return kind === 'nfs' ? [`${from}.nfs.server`, `${from}.nfs.path`] : [`${from}.storageClass.name`];
};

/** Longest that the words of others are told, characters. */
const mostWords = 300;

const shown = (value: unknown): string => printable(cutTo(oneLine(String(value ?? 'unknown')), 100));

/** The problem of one case. @param said facts as they were found; `words` are those of the pod, the node or the server */
export const storageProblem = (
	{place, pod, name}: StorageUse,
	what: StorageCase,
	said: {readonly words: string; readonly evidence?: readonly string[]} & Omit<ProbeResult, 'evidence'>,
): Problem => {
	const facts = {
		...{namespace: pod.namespace, storage: wordsOfPlace(place), at: place.from, claim: name},
		words: sentence(printable(cutTo(oneLine(said.words), mostWords))),
		...{deed: shown(said.deed), code: shown(said.code), region: shown(said.region)},
		...{uid: shown(said.uid), gid: shown(said.gid), owner: shown(said.owner), group: shown(said.group)},
		mode: shown(said.mode),
		skew: typeof said.skew === 'number' ? Math.abs(said.skew) : 'too many',
		accessMode: place.kind === 'storageClass' ? place.accessMode : '',
	};
	const {evidence} = said;
	return stepProblems.problem('storage-unusable', {case: what, ...facts}, {answers: answersFor(place, what), evidence});
};

/** The problem of what a probe printed. */
export const probeProblem = (use: StorageUse, result: ProbeResult): Problem =>
	storageProblem(use, caseOf(result), {...result, words: String(result.error)});
