import {rm} from 'node:fs/promises';
import {expect, it} from 'vitest';
import {createCluster} from '../../source/cluster/cluster.ts';
import {kubeconfigOf, startCluster} from './server.ts';
import {expectProblem} from './support/problem-of.ts';

const {signal} = new AbortController();
const answers = ['kubernetes.kubeconfig', 'kubernetes.context'];
const fix = 'Log in as this cluster demands, then try again; or use a kubeconfig with a token or client certificate.';
const start = startCluster();

const loginWith = async (user: Record<string, unknown>) => {
	const {server} = await start(() => undefined);
	const file = await server.write('user', kubeconfigOf({server: server.url}, user));
	const cluster = createCluster({kubeconfig: file, homeDirectory: '/', environment: {}});
	return {file, work: cluster.version(signal)};
};

it('an exec plug-in that is not on this host is named, with its installation hint', async () => {
	const exec = {command: 'zenml-no-such-login', apiVersion: 'v1', installHint: 'Get it from the intranet.'};
	const {file, work} = await loginWith({exec});
	await expectProblem(work, {
		code: 'kubeconfig-exec-missing',
		area: 'prerequisites',
		message: `The kubeconfig ${file} logs in with the program "zenml-no-such-login", which is not on this host.`,
		cause: 'Its user gets credentials from an exec plug-in, and that program is neither at this path nor on $PATH.',
		fix: 'Install that program, or use a kubeconfig with a token or client certificate.',
		answers,
		evidence: ['Get it from the intranet.'],
		location: {file},
	});
});

it('an exec plug-in without a hint is told in the words of the operating system', async () => {
	const {work} = await loginWith({exec: {command: 'zenml-no-such-login', apiVersion: 'v1'}});
	const found = await expectProblem(work, {code: 'kubeconfig-exec-missing'});
	expect(found.evidence?.[0]).toContain('ENOENT');
});

it('an exec plug-in that fails has its say', async () => {
	const exec = {command: process.execPath, args: ['-e', 'console.error("session expired"); process.exit(1)']};
	const {file, work} = await loginWith({exec});
	await expectProblem(work, {
		code: 'kubeconfig-login-failed',
		area: 'prerequisites',
		message: `The context "lab" of the kubeconfig ${file} cannot log in.`,
		cause: `The exec plug-in "${process.execPath}" failed.`,
		fix,
		answers,
		evidence: ['session expired'],
		location: {file},
	});
});

it('a token file that is taken away during the run is a login that failed', async () => {
	const {server} = await start(() => undefined);
	const token = await server.write('token', 'x');
	const skip = {server: server.url, 'insecure-skip-tls-verify': true};
	const file = await server.write('user', kubeconfigOf(skip, {tokenFile: token}));
	const cluster = createCluster({kubeconfig: file, homeDirectory: '/', environment: {}});
	await cluster.version(signal);
	await rm(token);
	await expectProblem(cluster.version(signal), {
		code: 'kubeconfig-login-failed',
		cause: 'Its credentials cannot be used.',
		fix,
		location: {file},
	});
});
