import {type ProblemCode, ProblemError} from '../../base/problem.ts';
import {stepProblems} from '../problems.ts';
import type {Seen} from '../shared/checks.ts';
import type {World} from '../world.ts';

/** How long the controller may take to answer, ms. */
const timeoutMs = 10_000;

/** Nobody is there, or somebody who does not speak TLS. What else goes wrong proves that a controller answers, with a certificate of its own. */
const silent: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'https-unreachable',
	'https-time-out',
	'https-reset',
	'https-no-tls',
]);

/**
 * The ingress controller answers at the address of the answers, before anything is installed behind it.
 * @throws ProblemError `ingress-not-answering`
 */
export const ingressAnswers = async ({answers, host, https, signal}: World, address: string): Promise<Seen> => {
	const {httpsPort: port} = answers.ingress;
	const ca = await host.readFile(answers.tls.ca, 'tls.ca');
	const url = `https://${answers.controlPlane.host}${port === 443 ? '' : `:${port}`}/`;
	try {
		await https.request({method: 'GET', url, address, ca, timeoutMs, signal, area: 'prerequisites'});
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof ProblemError)) throw error;
		const {code, cause} = error.problem;
		if (silent.has(code)) throw stepProblems.error('ingress-not-answering', {address, port, words: cause});
	}
	return {note: `answers at ${address}:${port}`};
};
