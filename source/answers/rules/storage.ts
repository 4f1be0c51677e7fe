import type {CrossFieldIssue, Path, Rule, RuledAnswers, RuledStorage} from './rule.ts';

/** What each kind of storage cannot do without. */
const demanded = {
	s3: ['endpoint', 'bucket', 'accessKey', 'secretKey'],
	nfs: ['server', 'path'],
	storageClass: ['name'],
} as const;

const storagesIn = ({
	artifacts,
	backup,
}: RuledAnswers): readonly {readonly at: Path; readonly storage: RuledStorage}[] => [
	{at: ['artifacts'], storage: artifacts},
	{at: ['backup', 'schedule'], storage: backup.schedule},
];

/** A storage of one kind needs the answers of that kind. */
export const storageIsWhole: Rule = (answers) =>
	storagesIn(answers).flatMap(({at, storage}) => {
		const {kind} = storage;
		if (kind === 'none') return [];
		const given = storage[kind] as Readonly<Record<string, unknown>>;
		return demanded[kind]
			.filter((key) => given[key] === undefined)
			.map((key): CrossFieldIssue => ({kind: 'needed', path: [...at, kind, key], other: [...at, 'kind']}));
	});

/** Keys and files go in clear text only where somebody says so. */
export const storageSpeaksTls: Rule = (answers) =>
	storagesIn(answers)
		.filter(({storage: {s3}}) => s3.endpoint?.startsWith('http://') === true && !s3.plainHttp)
		.map(({at}) => ({kind: 'clear text', path: [...at, 's3', 'endpoint'], other: [...at, 's3', 'plainHttp']}));

/** Nothing is held against a CA in clear text. */
export const storageCaIsUsed: Rule = (answers) =>
	storagesIn(answers)
		.filter(({storage: {s3}}) => s3.ca !== undefined && s3.plainHttp && s3.endpoint?.startsWith('http://') === true)
		.map(({at}) => ({kind: 'no use without TLS', path: [...at, 's3', 'ca'], other: [...at, 's3', 'plainHttp']}));

/** A key exists before this tool comes: it cannot be made. */
export const storageKeysAreKnown: Rule = (answers) =>
	storagesIn(answers).flatMap(({at, storage: {s3}}) =>
		(['accessKey', 'secretKey'] as const)
			.filter((key) => s3[key] === 'generate')
			.map((key): CrossFieldIssue => ({kind: 'cannot be made', path: [...at, 's3', key]})),
	);
