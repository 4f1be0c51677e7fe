import {delimiter, join, resolve} from 'node:path';
import {LineCounter, parseDocument} from 'yaml';
import * as z from 'zod';
import {errnoWords, isErrno} from '../../base/errno.ts';
import {printable} from '../../base/printable.ts';
import {type Location, ProblemError} from '../../base/problem.ts';
import {cutTo} from '../../base/text.ts';
import {clusterProblems} from '../problems.ts';
import {readNamedFile} from './read-file.ts';

// Entries stay unread until one is chosen, so a broken entry of another cluster does no harm.
const fileSchema = z.looseObject({
	clusters: z.array(z.looseObject({name: z.string()})).nullish(),
	users: z.array(z.looseObject({name: z.string()})).nullish(),
	contexts: z.array(z.looseObject({name: z.string()})).nullish(),
	'current-context': z.string().nullish(),
});

/** One named entry, unread, with the file it comes from. */
export type Entry = {readonly name: string; readonly value: unknown; readonly file: string};

/** Where to look for the kubeconfig; `environment` may be all of a process's environment. */
export type KubeconfigOptions = {
	readonly kubeconfig?: string | undefined;
	readonly context?: string | undefined;
	readonly homeDirectory: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
};

type Content = z.output<typeof fileSchema>;

const readText = (file: string): string | undefined => {
	try {
		return readNamedFile(file).toString('utf8');
	} catch (error) {
		if (isErrno(error, 'ENOENT')) return undefined;
		const why = errnoWords(error, 'read');
		throw clusterProblems.error('kubeconfig-unreadable', {file, why}, {location: {file}, error});
	}
};

/** How often a YAML file may stand for more than it is long: kubeconfigs have no aliases at all. */
const mostAliases = 50;

const noYaml = (error: unknown, location: Location): ProblemError => {
	const words = cutTo(printable(error instanceof Error ? error.message : String(error)), 200);
	return clusterProblems.error('kubeconfig-invalid', {case: 'yaml', file: location.file, words}, {location, error});
};

/** @throws ProblemError `kubeconfig-invalid` with line and column, where the parser knows them */
const parseYaml = (file: string, text: string): unknown => {
	const lines = new LineCounter();
	const options = {lineCounter: lines, prettyErrors: false, logLevel: 'error'} as const;
	try {
		const document = parseDocument(text, options);
		const [error] = document.errors;
		if (!error) return document.toJS({maxAliasCount: mostAliases});
		const {line, col} = lines.linePos(error.pos[0]);
		throw noYaml(error, {file, line, column: col});
	} catch (error) {
		// Aliases without end or without a beginning, and lists within lists that are too deep for the parser.
		throw error instanceof ProblemError ? error : noYaml(error, {file});
	}
};

const parse = (file: string, text: string): Content => {
	const read = fileSchema.safeParse(parseYaml(file, text));
	if (read.success) return read.data;
	const {path = [], message: words = 'is not a kubeconfig'} = read.error.issues[0] ?? {};
	const place = path.join('.') || 'the whole file';
	throw clusterProblems.error('kubeconfig-invalid', {case: 'form', file, place, words}, {location: {file}});
};

/** Where the kubeconfig should be, and who says so. */
type Place = {readonly files: readonly string[]; readonly from: 'answers' | 'variable' | 'default place'};

const placeOf = ({kubeconfig, environment, homeDirectory}: KubeconfigOptions): Place => {
	if (kubeconfig) return {files: [resolve(kubeconfig.replace(/^~(?=\/|$)/u, homeDirectory))], from: 'answers'};
	const listed = environment.KUBECONFIG?.split(delimiter).filter((part) => part !== '') ?? [];
	if (listed.length > 0) return {files: listed.map((name) => resolve(name)), from: 'variable'};
	return {files: [resolve(join(homeDirectory, '.kube', 'config'))], from: 'default place'};
};

const missing = ({files, from}: Place): ProblemError =>
	clusterProblems.error('kubeconfig-missing', {case: from, places: files.join(' or ')});

/** The named files that exist, merged: of two entries with one name the first wins (kubectl's rule for $KUBECONFIG). */
export const readFiles = (options: KubeconfigOptions) => {
	const place = placeOf(options);
	const parsed = place.files.flatMap((file) => {
		const text = readText(file);
		return text === undefined ? [] : [{file, content: parse(file, text)}];
	});
	const [first] = parsed;
	if (!first) throw missing(place);
	const entries = (list: 'clusters' | 'users' | 'contexts', key: string): Entry[] =>
		parsed.flatMap(({file, content}) =>
			(content[list] ?? []).map((entry) => ({name: entry.name, value: entry[key], file})),
		);
	return {
		file: first.file,
		current: parsed.map(({content}) => content['current-context']).find((name) => name),
		clusters: entries('clusters', 'cluster'),
		users: entries('users', 'user'),
		contexts: entries('contexts', 'context'),
	};
};
