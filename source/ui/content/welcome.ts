import {dateTime} from '../format.ts';
import {blank, bullet, paragraph, type Row, row} from '../rows.ts';
import type {Found, Sighting} from '../session.ts';
import type {UiState} from '../state/types.ts';
import type {Glyphs} from '../theme.ts';

const sightingRows = (what: string, {ok, text}: Sighting, width: number, glyphs: Glyphs): readonly Row[] =>
	bullet({text: glyphs[ok ? 'ok' : 'pending'], role: ok ? 'ok' : 'warn'}, `${what}: ${text}`, width);

const earlierRows = ({found}: UiState, width: number, glyphs: Glyphs): readonly Row[] => {
	const earlier = found?.earlier;
	if (!earlier) return [];
	const role = earlier.finished ? 'ok' : 'warn';
	const mark = {text: glyphs[role], role} as const;
	return [...bullet(mark, `Earlier run of ${dateTime(earlier.at)}: ${earlier.text}`, width), blank];
};

/** The cluster that was found: its context where one was named, and the file it was found by. */
const clusterRows = ({kubeconfig}: Found, width: number, glyphs: Glyphs): readonly Row[] => {
	const {ok, text, context, server, path} = kubeconfig;
	const said = text.replace(/\.$/u, '');
	// Without a kubeconfig there is no address either, only a word for that.
	const parts = [
		said,
		...(said.includes(server) || !server.includes('://') ? [] : [`at ${server}`]),
		...(said.includes(path) ? [] : [`kubeconfig ${path}`]),
	];
	return sightingRows(context === '' ? 'Cluster' : `Cluster ${context}`, {ok, text: parts.join(', ')}, width, glyphs);
};

/** What else is told, without what stands in the lines above it. */
const furtherLines = ({lines, kubeconfig, bundle}: Found): readonly string[] =>
	lines.filter((line) => ![kubeconfig.server, bundle.path].some((known) => known !== '' && line.includes(known)));

/** The first page above its menu: what this is, and what was found. */
export const welcomeRows = (state: UiState, width: number, glyphs: Glyphs): readonly Row[] => {
	const {found, foundProblem, given} = state;
	return [
		...paragraph('Installs ZenML Pro on a Kubernetes cluster that has no way to the internet.', width),
		...paragraph('Nothing is changed before you have seen the plan and chosen Start.', width, 'dim'),
		blank,
		...(found?.rehearsal
			? [
					...paragraph(
						'This is a rehearsal: cluster, registry and database live inside this program. Nothing outside is touched.',
						width,
						'warn',
					),
					...(found.fault ?? []).flatMap((line) => paragraph(line, width, 'key')),
					blank,
				]
			: []),
		...(foundProblem
			? [...paragraph(foundProblem.message, width, 'bad'), ...paragraph(`What to do: ${foundProblem.fix}`, width)]
			: []),
		...(found === undefined && !foundProblem ? [row('Looking around.', 'busy')] : []),
		...(found
			? [
					...earlierRows(state, width, glyphs),
					...sightingRows(`Bundle ${found.bundle.path}`, found.bundle, width, glyphs),
					...clusterRows(found, width, glyphs),
					...furtherLines(found).flatMap((line) => paragraph(line, width, 'dim', 2)),
				]
			: []),
		...(given.length > 0 ? [blank, ...paragraph(`${given.length} answers are given already.`, width, 'dim')] : []),
	];
};
