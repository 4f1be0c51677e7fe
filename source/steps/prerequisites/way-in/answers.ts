import {type ProblemCode, ProblemError} from '../../../base/problem.ts';
import {stepProblems} from '../../problems.ts';
import type {Seen} from '../../shared/checks.ts';
import type {World} from '../../world.ts';

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

/** A certificate that is there and will not do. */
const unfit: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
	'https-certificate-expired',
	'https-certificate-not-yet-valid',
	'https-certificate-other-host',
	'https-certificate-untrusted',
	'https-ingress-default-certificate',
]);

/** What came of a request: somebody answered, nobody did, or one whose certificate clients will refuse. */
export type Tried = {readonly result: 'answers'} | {readonly result: 'silent' | 'certificate'; readonly words: string};

/** Opens a page of a host at an address, over TLS with the CA of the answers. What comes back does not matter. */
export const tryHost = async (
	{answers, host: files, https, signal}: World,
	{host, address}: {readonly host: string; readonly address: string},
): Promise<Tried> => {
	const {httpsPort: port} = answers.ingress;
	const ca = await files.readFile(answers.tls.ca, 'tls.ca');
	const url = `https://${host}${port === 443 ? '' : `:${port}`}/`;
	try {
		await https.request({method: 'GET', url, address, ca, timeoutMs, signal, area: 'prerequisites'});
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof ProblemError)) throw error;
		const {code, cause: words} = error.problem;
		if (silent.has(code)) return {result: 'silent', words};
		if (unfit.has(code)) return {result: 'certificate', words};
	}
	return {result: 'answers'};
};

/**
 * The ingress controller answers at its address, before anything is installed behind it.
 * @param place its address, and the object that told it where no answer did
 * @throws ProblemError `ingress-not-answering`
 */
export const ingressAnswers = async (
	world: World,
	{address, from}: {readonly address: string; readonly from?: string},
): Promise<Seen> => {
	const {ingress, controlPlane} = world.answers;
	const {httpsPort: port} = ingress;
	const tried = await tryHost(world, {host: controlPlane.host, address});
	if (tried.result === 'silent') throw refused({address, from, port, words: tried.words});
	return {note: `answers at ${address}:${port}`};
};
