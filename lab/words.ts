import {parseArgs} from 'node:util';
import type {LabChoice} from './choice.ts';
import {LabError} from './report.ts';

const verbs = ['up', 'status', 'able', 'packages', 'exec', 'down', 'help'] as const;

/** What `npm run lab` is asked to do; `command` belongs to `exec` alone, `asked` to `up` alone. */
export type LabWords = {
	readonly verb: (typeof verbs)[number];
	readonly asked: Partial<LabChoice>;
	readonly command: readonly string[];
};

export const usage = `npm run lab [-- [VERB] [OPTION]...]: a real cluster, registries and databases without a way out

  up              builds and starts what is missing, prints what there is (without a verb: this)
  status          which part runs, which is missing, where each log is
  able            what this machine lacks to carry the lab, if anything
  packages        only fetches the packages of Debian and PyPI
  exec COMMAND    runs a command inside; everything after exec belongs to it
  down            ends everything and leaves nothing
  help, --help    this text

Options of up:
  --kubernetes MINOR   such as 1.24; by default 1.34
  --without-node       without node and ingress: nothing runs, starts sooner
`;

const parse = (args: readonly string[]) =>
	parseArgs({
		args: [...args],
		allowPositionals: true,
		options: {
			kubernetes: {type: 'string'},
			'without-node': {type: 'boolean'},
			help: {type: 'boolean', short: 'h'},
		},
	});

/**
 * Reads the words after `npm run lab --`. Options stand before or after the verb; what follows `exec` is its command.
 * @throws LabError for unknown and surplus words, an option without its value, and an option of another verb
 */
export const readWords = (args: readonly string[]): LabWords => {
	const at = args.indexOf('exec');
	const own = at < 0 ? args : args.slice(0, at + 1);
	const {values, positionals} = ((): ReturnType<typeof parse> => {
		try {
			return parse(own);
		} catch (error) {
			// Node's first sentence says what is wrong; the others are about positional arguments, which there are none of.
			const [why] = (error instanceof Error ? error.message : String(error)).split('. ');
			throw new LabError(`${why}.\n\n${usage}`);
		}
	})();
	if (values.help) return {verb: 'help', asked: {}, command: []};
	const [word = 'up', ...surplus] = positionals;
	const verb = verbs.find((known) => known === word);
	if (!verb) throw new LabError(`Unknown: ${word}.\n\n${usage}`);
	if (surplus.length > 0) throw new LabError(`Too much after ${verb}: ${surplus.join(' ')}.\n\n${usage}`);
	const asked = {
		...(values.kubernetes === undefined ? {} : {minor: values.kubernetes}),
		...(values['without-node'] ? {node: false} : {}),
	};
	if (verb !== 'up' && Object.keys(asked).length > 0)
		throw new LabError(`--kubernetes and --without-node are options of up, not of ${verb}.\n\n${usage}`);
	const rest = at < 0 ? [] : args.slice(at + 1);
	const command = rest[0] === '--' ? rest.slice(1) : rest;
	if (verb === 'exec' && command.length === 0) throw new LabError('exec needs a command: npm run lab -- exec COMMAND');
	return {verb, asked, command};
};
