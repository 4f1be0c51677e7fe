import type {ProblemError} from '../base/problem.ts';
import type {Circumstances} from '../base/problem-table.ts';
import {HttpFailure} from '../http/failure.ts';
import {codeOf, type Fault, faultOf} from '../http/fault.ts';
import type {Deed} from './errors.ts';
import {isPlain, withoutLogin} from './kubeconfig/address.ts';
import type {Way} from './login/identity.ts';
import {clusterProblems} from './problems.ts';

type Facts = {readonly server: string; readonly deed: string};
type Raise = (facts: Facts, more: Circumstances) => ProblemError;

const unreachable =
	(name: 'refused' | 'unknown name' | 'no answer' | 'broken off' | 'not https' | 'not http' | 'other'): Raise =>
	(facts, more) =>
		clusterProblems.error('kubernetes-unreachable', {case: name, ...facts}, more);

const untrusted =
	(name: 'unknown ca' | 'other names' | 'not valid now'): Raise =>
	(facts, more) =>
		clusterProblems.error('kubernetes-untrusted', {case: name, ...facts}, more);

/** What a failed connection is told as. */
const byFault: Readonly<Partial<Record<Fault, Raise>>> = {
	refused: unreachable('refused'),
	'unknown name': unreachable('unknown name'),
	'no name server': unreachable('unknown name'),
	'no answer': unreachable('no answer'),
	'no route to host': unreachable('no answer'),
	'no route to network': unreachable('no answer'),
	closed: unreachable('broken off'),
	'not TLS': unreachable('not https'),
	'not HTTP': unreachable('not https'),
	untrusted: untrusted('unknown ca'),
	'other name': untrusted('other names'),
	expired: untrusted('not valid now'),
	'not yet valid': untrusted('not valid now'),
	'client key unfit': (facts, more) => clusterProblems.error('kubeconfig-invalid', {case: 'no pair', ...facts}, more),
	'client certificate refused': ({server}, more) =>
		clusterProblems.error('kubernetes-unauthorized', {case: 'certificate', server}, more),
};

const plainly: Raise = unreachable('not http');
/** Where the kubeconfig asks for no TLS, none was expected. */
const byPlainFault: Readonly<Partial<Record<Fault, Raise>>> = {'not TLS': plainly, 'not HTTP': plainly};

const connectionFailed: Raise = (facts, more) => {
	const fault = faultOf(more.error);
	const told = (isPlain(facts.server) ? byPlainFault[fault] : undefined) ?? byFault[fault] ?? unreachable('other');
	return told(facts, more);
};

const byKind: Readonly<Record<HttpFailure['kind'], Raise>> = {
	connection: connectionFailed,
	identity: connectionFailed,
	silence: unreachable('no answer'),
	slowness: unreachable('no answer'),
	length: (facts, more) => clusterProblems.error('kubernetes-answer-too-long', facts, more),
};

/** Each try of a connection to several addresses has words of its own. */
const wordsOf = (error: unknown): readonly string[] =>
	error instanceof AggregateError ? error.errors.map(String) : [String(error)];

/** Faults that lie beyond a proxy: the server's certificate is seen through it. */
const beyond: readonly Fault[] = [
	'untrusted',
	'other name',
	'expired',
	'not yet valid',
	'client key unfit',
	'client certificate refused',
];

/** A proxy that is asked over TLS may itself show the certificate that nobody trusts. */
const isOfProxy = ({proxy}: Way, fault: Fault): boolean => !beyond.includes(fault) || /^https:/iu.test(proxy);

const throughProxy = (facts: Facts, {proxy, variable, from}: Way, more: Circumstances): ProblemError => {
	const named = {...facts, proxy: withoutLogin(proxy), variable};
	return clusterProblems.error(
		'kubernetes-unreachable',
		{case: from === 'kubeconfig' ? 'own proxy' : 'proxy', ...named},
		more,
	);
};

/** Turns a failed exchange into a problem; alerts of the server's TLS count as an unaccepted client certificate. */
export const connectionError = (error: unknown, {deed, server}: Deed, way?: Way): ProblemError => {
	const kind = error instanceof HttpFailure ? error.kind : 'connection';
	const found = error instanceof HttpFailure ? (error.cause ?? error) : error;
	const code = codeOf(found);
	const evidence = code === '' ? wordsOf(found) : [...wordsOf(found), `code ${code}`];
	if (way && kind === 'connection' && isOfProxy(way, faultOf(found)))
		return throughProxy({server, deed}, way, {evidence, error: found});
	return byKind[kind]({server, deed}, {evidence, error: found});
};
