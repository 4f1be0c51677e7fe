import type {Answers} from '../../../answers/schema.ts';
import {createCluster} from '../../../cluster/cluster.ts';
import {plans} from '../../../plans/index.ts';
import {stepProblems} from '../../../steps/problems.ts';
import {generatedSecretPlace, readGenerated} from '../../../steps/shared/generated.ts';
import {passwordsOf, type SecretSource} from '../../../steps/shared/secret-sources.ts';
import {completeAnswers, findAnswers, stateDirectoryOf} from '../../answers/inputs.ts';
import type {Context} from '../../base/context.ts';
import {contextInWorld} from '../../base/played-world.ts';
import {childEnvironment} from '../../run/child-environment.ts';
import {clusterChoice} from '../../run/cluster-choice.ts';
import type {SecretsOptions} from './options.ts';

/** The passwords that the tool generates for an install, and how one is read from its cluster. */
export type Generated = {
	readonly sources: readonly SecretSource[];
	/** Where they are kept, in words. */
	readonly place: string;
	/** Undefined for one that was not made yet. @throws ProblemError what the cluster refuses */
	readonly read: (source: SecretSource) => Promise<string | undefined>;
	/** @throws ProblemError `generated-secret-missing` as well */
	readonly require: (source: SecretSource) => Promise<string>;
};

const readerOf = (context: Context, answers: Answers): Generated['read'] => {
	const {redactor, signal, homeDirectory, environment} = context;
	const cluster = createCluster({
		...clusterChoice(answers),
		homeDirectory,
		environment: childEnvironment(environment, answers),
		onSecret: redactor.register,
	});
	const world = {answers, cluster, signal, registerSecret: redactor.register};
	return async ({generated}) => readGenerated(world, generated);
};

/** What the tool generated for the install that the words mean. @throws ProblemError, ProblemsError area `usage`; `rehearsal-not-up` */
export const generatedOf = async (context: Context, options: SecretsOptions): Promise<Generated> => {
	const global = {...options, nonInteractive: true, plain: true, json: false, logLevel: 'info'} as const;
	const stateDirectory = stateDirectoryOf(context, global);
	const answers = completeAnswers(await findAnswers(context, global, {stateDirectory, plan: plans.install}));
	const read = readerOf(await contextInWorld(context, answers, stateDirectory), answers);
	const place = generatedSecretPlace({answers});
	return {
		sources: passwordsOf(answers).filter(({reference}) => reference === 'generate'),
		place,
		read,
		require: async (source) => {
			const value = await read(source);
			if (value !== undefined) return value;
			throw stepProblems.error('generated-secret-missing', {name: source.generated, secret: place});
		},
	};
};
