import {quantityOf} from '../../base/quantity.ts';
import {
	adminsAreKnown,
	clientPairsAreWhole,
	databasesDiffer,
	filesOfTlsAreUsed,
	rolesFitEngine,
	sharedServerIsNamed,
} from './database.ts';
import {namespacesAreFree, runnersStandApart} from './namespaces.ts';
import {
	asCollated,
	type CrossFieldIssue,
	componentsOf,
	duplicates,
	type Entry,
	type Path,
	type Placed,
	type Rule,
	type RuledAnswers,
} from './rule.ts';
import {storageCaIsUsed, storageIsWhole, storageKeysAreKnown, storageSpeaksTls} from './storage.ts';
import {teamNamesDiffer} from './teams.ts';

export type {CrossFieldIssue, Path, RuledAnswers} from './rule.ts';

const signatureHasKey: Rule = ({bundle: {signature}}) =>
	signature.mode === 'require' && signature.publicKey === undefined
		? [{kind: 'key needed', path: ['bundle', 'signature', 'publicKey'], other: ['bundle', 'signature', 'mode']}]
		: [];

/** The API server refuses pods that request more than their limit (Kubernetes, "Resource Management for Pods"). */
const requestsFitLimits: Rule = (answers) =>
	componentsOf(answers).flatMap(({at, component: {resources}}) =>
		(['cpu', 'memory'] as const)
			.filter((key) => quantityOf(resources.requests[key] ?? '') > quantityOf(resources.limits[key] ?? ''))
			.map((key) => ({
				kind: 'over limit',
				path: [...at, 'resources', 'requests', key],
				other: [...at, 'resources', 'limits', key],
			})),
	);

const namesDiffer: Rule = (answers) => {
	const {controlPlane, workspaces, organization} = answers;
	const each = (tail: Path, read: (component: Placed['component']) => string): readonly Entry[] =>
		componentsOf(answers).map(({at, component}) => ({value: read(component), path: [...at, ...tail]}));
	const workspaceNames = workspaces.map(({name}, index) => ({value: name, path: ['workspaces', index, 'name']}));
	const userNames = organization.users.map(({username}, index) => ({
		value: username,
		like: asCollated(username),
		path: ['organization', 'users', index, 'username'],
	}));
	const {username} = controlPlane.admin;
	const admin = {value: username, like: asCollated(username), path: ['controlPlane', 'admin', 'username']};
	return [
		...duplicates(
			'host name',
			each(['host'], ({host}) => host),
		),
		...duplicates(
			'namespace',
			each(['namespace'], ({namespace}) => namespace),
		),
		...duplicates('workspace name', workspaceNames),
		...duplicates('user name', [admin, ...userNames]),
	];
};

/** Answers of the registry that are of no use alone. */
const pairs = [
	['username', 'password'],
	['password', 'username'],
	['clientCertificate', 'clientKey'],
	['clientKey', 'clientCertificate'],
] as const;

const registryPairsAreWhole: Rule = ({registry}) =>
	pairs
		.filter(([given, needed]) => registry[given] !== undefined && registry[needed] === undefined)
		.map(([given, needed]) => ({kind: 'needed', path: ['registry', needed], other: ['registry', given]}));

const registryFilesAreUsed: Rule = ({registry}) =>
	(['ca', 'clientCertificate'] as const)
		.filter((key) => registry.plainHttp === true && registry[key] !== undefined)
		.map((key) => ({kind: 'no use without TLS', path: ['registry', key], other: ['registry', 'plainHttp']}));

/** Only a secret that this tool makes can be generated. */
const registryLoginIsKnown: Rule = ({registry}) =>
	registry.password === 'generate' ? [{kind: 'cannot be made', path: ['registry', 'password']}] : [];

const hooksAreKnown: Rule = ({hooks}) =>
	hooks.headerValue === 'generate' ? [{kind: 'cannot be made', path: ['hooks', 'headerValue']}] : [];

/** What is made is kept in the cluster, and a backup is read when that is gone. */
const passphraseIsKnown: Rule = ({backup}) =>
	backup.passphrase === 'generate' ? [{kind: 'kept in the cluster', path: ['backup', 'passphrase']}] : [];

/** An HTTPRoute attaches to a Gateway that is named; nothing else does. */
const gatewayFitsKind: Rule = ({ingress}) => {
	const other = ['ingress', 'kind'];
	if (ingress.kind === 'gateway')
		return ingress.gateway === undefined ? [{kind: 'gateway needed', path: ['ingress', 'gateway'], other}] : [];
	// What is no kind at all is told by itself.
	if (!['ingress', 'route'].includes(ingress.kind)) return [];
	return (['gateway', 'listener'] as const)
		.filter((key) => ingress[key] !== undefined)
		.map((key) => ({kind: 'not for this kind', path: ['ingress', key], other}));
};

const rules: readonly Rule[] = [
	signatureHasKey,
	requestsFitLimits,
	namesDiffer,
	teamNamesDiffer,
	runnersStandApart,
	namespacesAreFree,
	registryPairsAreWhole,
	registryLoginIsKnown,
	hooksAreKnown,
	passphraseIsKnown,
	registryFilesAreUsed,
	sharedServerIsNamed,
	databasesDiffer,
	rolesFitEngine,
	clientPairsAreWhole,
	adminsAreKnown,
	filesOfTlsAreUsed,
	gatewayFitsKind,
	storageIsWhole,
	storageSpeaksTls,
	storageCaIsUsed,
	storageKeysAreKnown,
];

/** The rules that look at more than one answer. Returns one issue per broken rule; never a secret. */
export const crossFieldIssues = (answers: RuledAnswers): readonly CrossFieldIssue[] =>
	rules.flatMap((rule) => rule(answers));
