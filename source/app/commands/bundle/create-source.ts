import {printable} from '../../../base/printable.ts';
import {ProblemError} from '../../../base/problem.ts';
import type {CompleteSpec} from '../../../bundle/create/index.ts';
import {mostPemBytes, pemFile, readContent} from '../../../network/pem/file.ts';
import {certificatesIn} from '../../../network/pem/read.ts';
import {createLoginFinder} from '../../../registry/pull/logins.ts';
import {createImageSource} from '../../../registry/pull/source.ts';
import {waitText} from '../../../registry/retry.ts';
import {bundleCommandProblems} from '../../base/bundle-problems.ts';
import type {Context} from '../../base/context.ts';

/** The environment in which logins are looked for. @param dockerConfig the folder that was named for them */
export const loginEnvironment = ({environment}: Context, dockerConfig: string | undefined): Context['environment'] =>
	dockerConfig === undefined
		? environment
		: {...environment, DOCKER_CONFIG: dockerConfig, REGISTRY_AUTH_FILE: undefined};

/** @throws ProblemError `bundle-spec-file-unreadable`, or what is wrong with what the file holds */
const readCa = async (host: string, file: string): Promise<string> => {
	const content = await readContent(file, mostPemBytes);
	if ('why' in content) {
		const {why: reason, error} = content;
		throw bundleCommandProblems.error('bundle-spec-file-unreadable', {case: 'ca', host, file, reason}, {error});
	}
	const read = certificatesIn(pemFile(`hosts.${host}.ca`, file), content.bytes);
	if ('problem' in read) throw new ProblemError(read.problem);
	return read.value.pem;
};

const readCas = async (hosts: CompleteSpec['hosts']): Promise<Readonly<Record<string, string>>> => {
	const found: Record<string, string> = {};
	for (const [host, {ca}] of Object.entries(hosts)) {
		if (ca !== undefined) found[host] = await readCa(host, ca);
	}
	return found;
};

/**
 * The registries of the spec, with the logins of this user.
 * @param options.sockets connections at the same time
 * @throws ProblemError `bundle-spec-file-unreadable`
 */
export const openSource = async (
	context: Context,
	{hosts}: CompleteSpec,
	options: {readonly dockerConfig: string | undefined; readonly sockets: number},
) => {
	const environment = loginEnvironment(context, options.dockerConfig);
	return createImageSource({
		findLogin: createLoginFinder({
			environment,
			homeDirectory: context.homeDirectory,
			onSecret: context.redactor.register,
			signal: context.signal,
		}),
		ca: await readCas(hosts),
		plainHttp: Object.entries(hosts).flatMap(([host, {plainHttp}]) => (plainHttp ? [host] : [])),
		proxyEnv: environment,
		onWait: (wait) => context.err(`${printable(waitText(wait, context.clock.now()))}\n`),
		sockets: options.sockets,
	});
};
