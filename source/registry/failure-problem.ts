import type {ProblemError} from '../base/problem.ts';
import type {HttpFailure, Stage} from '../http/failure.ts';
import {codeOf, type Fault, faultOf} from '../http/fault.ts';
import {type Context, directionOf, refuse} from './refuse.ts';

type Say = (context: Context, failure: HttpFailure, evidence: readonly string[]) => ProblemError;

const dropped: Say = (context, failure, evidence) => {
	const bytes = failure.sentBytes;
	const direction = directionOf(context);
	return refuse(
		context,
		'registry-line-dropped',
		direction === 'push' && bytes > 0 ? {case: 'push in a body', bytes} : {case: direction},
		{evidence, error: failure},
	);
};

/** It took the connection, and was asked no more than a question or its TLS. */
const unanswered: Say = (context, error, evidence) =>
	refuse(
		context,
		'registry-stalled',
		{case: 'no answer', seconds: secondsOf(error), awaited: awaited[error.stage]},
		{evidence, error},
	);

const isUnanswered = ({stage, sentBytes}: HttpFailure): boolean =>
	sentBytes === 0 && (stage === 'handshake' || stage === 'answer');

type Away = 'refused' | 'unknown name' | 'no name server' | 'no route to host' | 'no route to network' | 'no answer';

/** It is told otherwise of a host that the registry sent to. */
const caseFor = <Name extends string>({role}: Context, name: Name): Name | `elsewhere: ${Name}` =>
	role === undefined ? name : `elsewhere: ${name}`;

/** A registry that had taken bytes was reached. */
const unreachable =
	(fault: Away): Say =>
	(context, failure, evidence) => {
		if (failure.sentBytes > 0) return dropped(context, failure, evidence);
		if (fault === 'no answer' && isUnanswered(failure)) return unanswered(context, failure, evidence);
		return refuse(context, 'registry-unreachable', {case: caseFor(context, fault)}, {evidence, error: failure});
	};

const certificate =
	(fault: 'expired' | 'not yet valid'): Say =>
	(context, error, evidence) =>
		refuse(context, 'registry-certificate', {case: fault}, {evidence, error});

/** What a failed connection means; a line that dropped where nothing is said. */
const byFault: Readonly<Partial<Record<Fault, Say>>> = {
	refused: unreachable('refused'),
	'unknown name': unreachable('unknown name'),
	'no name server': unreachable('no name server'),
	'no route to host': unreachable('no route to host'),
	'no route to network': unreachable('no route to network'),
	'no answer': unreachable('no answer'),
	untrusted: (context, error, evidence) =>
		refuse(
			context,
			'registry-untrusted',
			{case: context.role === undefined ? directionOf(context) : 'elsewhere'},
			{evidence, error},
		),
	expired: certificate('expired'),
	'not yet valid': certificate('not yet valid'),
	'other name': (context, error, evidence) =>
		refuse(context, 'registry-certificate', {case: caseFor(context, 'other name')}, {evidence, error}),
	'client certificate refused': (context, error, evidence) =>
		refuse(context, 'registry-client-certificate', {case: 'refused'}, {evidence, error}),
	'not TLS': (context, error, evidence) => refuse(context, 'registry-not-tls', {}, {evidence, error}),
	'not HTTP': (context, error, evidence) =>
		refuse(context, 'registry-not-a-registry', {case: 'no HTTP'}, {evidence, error}),
};

const awaited: Readonly<Record<Stage, string>> = {
	connect: 'a connection',
	handshake: 'its TLS',
	leave: 'its leave to send',
	send: 'it to take more bytes',
	confirm: 'it to confirm the upload',
	answer: 'its answer',
	receive: 'the rest of its answer',
};

/** Whole seconds, as people count them. */
const secondsOf = ({waitedMs}: HttpFailure): number => Math.round(waitedMs / 1000);

const byKind: Readonly<Record<HttpFailure['kind'], (context: Context, failure: HttpFailure) => ProblemError>> = {
	connection: (context, failure) => {
		const code = codeOf(failure.cause);
		return (byFault[faultOf(failure.cause)] ?? dropped)(context, failure, code === '' ? [] : [code]);
	},
	silence: (context, failure) =>
		isUnanswered(failure)
			? unanswered(context, failure, [])
			: refuse(
					context,
					'registry-stalled',
					{case: `silent ${directionOf(context)}`, seconds: secondsOf(failure), awaited: awaited[failure.stage]},
					{error: failure},
				),
	slowness: (context, failure) =>
		refuse(
			context,
			'registry-stalled',
			{case: `slow ${directionOf(context)}`, seconds: secondsOf(failure)},
			{error: failure},
		),
	length: (context, error) => refuse(context, 'registry-not-a-registry', {case: 'long answer'}, {error}),
	// The error of OpenSSL holds no part of the key.
	identity: (context, error) =>
		refuse(
			context,
			'registry-client-certificate',
			{case: 'unusable'},
			{error, evidence: [codeOf(error.cause) || 'no code']},
		),
};

/** Why an exchange with a registry failed, in its words. */
export const failureProblem = (context: Context, failure: HttpFailure): ProblemError =>
	byKind[failure.kind](context, failure);
