import {onlyOf, plain} from './facts.ts';
import {unlessPassing} from './passing.ts';
import type {Facts, Row, Symptom} from './types.ts';

const cannotConfigure = ['CreateContainerConfigError'];
const cannotStart = ['CreateContainerError', 'RunContainerError', 'StartError', 'ContainerCannotRun'];

/** Exit codes with a meaning of their own: 128 + signal (POSIX shell convention), 126 and 127 of the shell and runc. */
const exitCodes: Readonly<Record<number, string>> = {
	126: 'its program may not be executed',
	127: 'its program does not exist in the image',
	132: 'it met an instruction this processor does not have (SIGILL)',
	134: 'it aborted (SIGABRT)',
	137: 'it was killed (SIGKILL), mostly by the memory limit or a failing liveness probe',
	139: 'it crashed on a memory access (SIGSEGV)',
	143: 'it was asked to end (SIGTERM), mostly by a failing liveness probe',
};

/** An exit code with its meaning: `127: its program does not exist in the image`. */
const exitOf = ({exitCode}: Symptom): string => {
	if (exitCode === undefined) return 'unknown';
	const meaning = exitCodes[exitCode];
	return meaning === undefined ? String(exitCode) : `${exitCode}: ${meaning}`;
};

/** How a container ended, with the end of its log where there is one. */
const endOf = (facts: Facts, _found: readonly string[], symptom: Symptom) => {
	const end = {...facts, exit: exitOf(symptom)};
	const {lastWords: words} = symptom;
	return words === undefined
		? ({case: 'without a log', ...end} as const)
		: ({case: 'with a log', ...end, words} as const);
};

/** Containers that cannot be made, crash, or do not get ready. Messages as written by the kubelet and runc. */
export const containerReasons: readonly Row[] = [
	{
		code: 'pod-out-of-memory',
		when: ({oomKilled}) => oomKilled === true,
		facts: plain,
		answers: ['resources.limits.memory'],
		stuck: true,
	},
	{
		code: 'pod-secret-missing',
		reasons: cannotConfigure,
		message: /secret "([^"]+)" not found/u,
		facts: (facts, [secret = '']) => ({case: 'environment', ...facts, secret}),
		stuck: true,
	},
	{
		code: 'pod-secret-key-missing',
		reasons: cannotConfigure,
		message: /couldn't find key (\S+) in Secret (\S+)/u,
		facts: (facts, [key = '', secret = '']) => ({case: 'environment', ...facts, key, secret}),
		stuck: true,
	},
	{
		code: 'pod-configmap-missing',
		reasons: cannotConfigure,
		message: /configmap "([^"]+)" not found|couldn't find key \S+ in ConfigMap (\S+)/u,
		facts: (facts, found) => ({case: 'environment', ...facts, configMap: onlyOf(found)}),
		stuck: true,
	},
	{
		code: 'pod-must-not-be-root',
		reasons: cannotConfigure,
		message: /runAsNonRoot|non-root|non-numeric user/u,
		facts: plain,
		answers: ['podSecurityContext'],
		stuck: true,
	},
	{
		code: 'pod-configuration',
		reasons: cannotConfigure,
		facts: plain,
		stuck: unlessPassing,
	},
	{
		code: 'image-wrong-platform',
		reasons: [...cannotStart, 'CrashLoopBackOff'],
		message: /exec format error/u,
		facts: (facts) => ({case: 'program', ...facts}),
		stuck: true,
	},
	{
		code: 'pod-command-missing',
		reasons: [...cannotStart, 'CrashLoopBackOff'],
		message: /executable file not found|no such file or directory/u,
		facts: plain,
		stuck: true,
	},
	{
		code: 'pod-cannot-start',
		reasons: cannotStart,
		facts: plain,
		stuck: unlessPassing,
	},
	{
		code: 'pod-too-slow',
		reasons: ['DeadlineExceeded'],
		facts: plain,
		stuck: true,
	},
	{
		code: 'pod-failed',
		reasons: ['Error'],
		facts: endOf,
		stuck: ({final}) => final === true,
	},
	{
		code: 'pod-crashing',
		reasons: ['CrashLoopBackOff'],
		facts: endOf,
		// A server that starts before what it needs crashes once or twice and then recovers.
		stuck: ({restarts = 0}) => restarts >= 3,
	},
	{
		code: 'pod-probe-failing',
		reasons: ['Unhealthy'],
		message: /(Readiness|Liveness|Startup) probe failed/u,
		facts: (facts, [probe = '']) => ({...facts, probe: probe.toLowerCase()}),
		stuck: false,
	},
];
