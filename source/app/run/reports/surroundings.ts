import {release} from 'node:os';
import type {Answers} from '../../../answers/schema.ts';
import {toProblem} from '../../../base/problem.ts';
import {loadKubeconfig} from '../../../cluster/kubeconfig/load.ts';
import type {Facts} from '../../../report/run-papers.ts';
import type {Ports} from '../../../steps/world.ts';
import type {Context} from '../../base/context.ts';
import {childEnvironment} from '../child-environment.ts';
import {clusterChoice} from '../cluster-choice.ts';

/** The longest wait for a cluster that is only asked for a report, ms. */
const askMs = 5000;

/** By whom, where and on what terminal this program was started. */
export const programFacts = ({environment, userName, hostName, ascii, screen, stdout}: Context): Facts => {
	const {TERM = 'not set', LC_ALL, LC_CTYPE, LANG} = environment;
	const size = stdout.isTTY ? ` ${stdout.columns}x${stdout.rows}` : '';
	return [
		['Operator', `${userName} on ${hostName}`],
		['System', `${process.platform} ${release()} ${process.arch}, Node ${process.versions.node}`],
		['Terminal', `${TERM}${size}, ${screen ? 'full screen' : 'plain'}${ascii ? ', ASCII' : ''}`],
		['Locale', LC_ALL || LC_CTYPE || LANG || 'not set'],
	];
};

/** Which kubeconfig, context and user are meant; why it is not known, where it cannot be read. */
const kubeconfigFacts = ({environment, homeDirectory, clock}: Context, answers: Answers): Facts => {
	try {
		const {file, context, server, user} = loadKubeconfig(
			{...clusterChoice(answers), environment, homeDirectory},
			clock.now(),
		);
		return [
			['Kubeconfig', file],
			['Context', context],
			['User', user ?? 'none'],
			['Cluster', server],
		];
	} catch (error) {
		return [['Kubeconfig', toProblem(error).message]];
	}
};

/**
 * Who works from where, with what, on which cluster. Asks the cluster for its version, within 5 s. Never throws.
 * @param program facts of the program that went through the run, where that was another one
 */
export const surroundingsOf = async (
	context: Context,
	answers: Answers,
	cluster: Pick<Ports['cluster'], 'version'> | undefined,
	program: Facts = programFacts(context),
): Promise<Facts> => {
	const version = await cluster
		?.version(AbortSignal.timeout(askMs))
		.catch((error: unknown) => `not known: ${toProblem(error).message}`);
	return [
		...program,
		...kubeconfigFacts(context, answers),
		...(version === undefined ? [] : [['Kubernetes', version] as const]),
	];
};

/** A cluster port of its own for a report or a look: that of the run may be busy, or not open yet. */
export const openCluster = async (context: Context, answers: Answers): Promise<Ports['cluster']> => {
	// The first page waits for no client of the cluster.
	const {createCluster} = await import('../../../cluster/cluster.ts');
	const {homeDirectory, environment, redactor} = context;
	return createCluster({
		...clusterChoice(answers),
		homeDirectory,
		environment: childEnvironment(environment, answers),
		onSecret: redactor.register,
	});
};

/** What a report asks of the cluster; nothing is opened before it does. */
export const knownCluster = (context: Context, answers: Answers): Pick<Ports['cluster'], 'version'> => ({
	version: async (signal) => (await openCluster(context, answers)).version(signal),
});

/** The newest revision of each release of the answers, as Helm knows it. Within 10 s each. Never throws. */
export const releaseFacts = async ({controlPlane, workspaces}: Answers, helm: Ports['helm']): Promise<Facts> =>
	Promise.all(
		[controlPlane, ...workspaces].map(async ({release: name, namespace}) => {
			const label = `Helm release ${namespace}/${name}`;
			try {
				const newest = (await helm.history(name, namespace, AbortSignal.timeout(2 * askMs))).at(-1);
				return [
					label,
					newest ? `revision ${newest.revision}, ${newest.status}, ${newest.chart}` : 'not there',
				] as const;
			} catch (error) {
				return [label, `not known: ${toProblem(error).message}`] as const;
			}
		}),
	);
