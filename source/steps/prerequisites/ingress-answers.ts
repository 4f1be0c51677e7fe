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

const refused = ({
	from,
	...facts
}: {
	readonly address: string;
	readonly from: string | undefined;
	readonly port: number;
	readonly words: string;
}): ProblemError =>
	from === undefined
		? stepProblems.error('ingress-not-answering', {case: 'by the answers', ...facts})
		: stepProblems.error('ingress-not-answering', {case: 'by the cluster', from, ...facts});

/**
 * The ingress controller answers at its address, before anything is installed behind it.
 * @param place its address, and the object that told it where no answer did
 * @throws ProblemError `ingress-not-answering`
 */
export const ingressAnswers = async (
	{answers, host, https, signal}: World,
	{address, from}: {readonly address: string; readonly from?: string},
): Promise<Seen> => {
	const {httpsPort: port} = answers.ingress;
	const ca = await host.readFile(answers.tls.ca, 'tls.ca');
	const url = `https://${answers.controlPlane.host}${port === 443 ? '' : `:${port}`}/`;
	try {
		await https.request({method: 'GET', url, address, ca, timeoutMs, signal, area: 'prerequisites'});
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof ProblemError)) throw error;
		const {code, cause} = error.problem;
		if (silent.has(code)) throw refused({address, from, port, words: cause});
	}
	return {note: `answers at ${address}:${port}`};
};
