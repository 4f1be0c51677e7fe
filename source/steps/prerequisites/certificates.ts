import {type Problem, ProblemsError} from '../../base/problem.ts';
import type {Check} from '../shared/checks.ts';
import {furtherProblems, trustStoreProblems} from '../shared/further-files.ts';
import {componentsOf} from '../shared/names.ts';
import type {World} from '../world.ts';

/** What is wrong with the files of the registry, the database and this host, in the words that are told of those of the servers. */
const problemsElsewhere = async ({answers, host, tls}: World): Promise<readonly Problem[]> => [
	...(await furtherProblems(answers, host.readFile)),
	...(await trustStoreProblems(answers, tls)),
];

/** Certificate, key and CA belong together and are for every host name; the files of other servers hold what they should. */
export const certificates: Check = {
	label: 'Certificates',
	asks: 'files',
	run: async (world) => {
		const {tls, answers, clock} = world;
		const hosts = componentsOf(answers).map(({path, answers: {host}}) => ({host, answer: `${path}.host`}));
		const result = await tls.readPair(answers.tls, hosts, clock.now());
		const ofServers = 'problems' in result ? result.problems : [];
		const problems = [...ofServers, ...(await problemsElsewhere(world))];
		if (problems.length > 0 || 'problems' in result) throw new ProblemsError(problems);
		const {names, notAfter} = result.pair.facts;
		return {
			note: `${names.join(', ')}, until ${new Date(notAfter).toISOString().slice(0, 10)}`,
			warnings: result.warnings,
		};
	},
};
