import path from 'node:path';
import {parse, YAMLParseError} from 'yaml';
import * as z from 'zod';

const named = <Entry extends z.ZodType>(entry: Entry) => z.array(z.looseObject({name: z.string()}).and(entry));

/** As far as it is needed here; what is wrong with the rest is told where it is used. */
const kubeconfigSchema = z.looseObject({
	'current-context': z.string().optional(),
	contexts: named(z.looseObject({context: z.looseObject({cluster: z.string()})})),
	clusters: named(
		z.looseObject({
			cluster: z.looseObject({extensions: named(z.looseObject({extension: z.unknown()})).optional()}),
		}),
	),
});

const worldSchema = z.looseObject({world: z.string().refine((folder) => path.isAbsolute(folder))});

const parsed = (text: string): unknown => {
	try {
		return parse(text);
	} catch (error) {
		if (error instanceof YAMLParseError) return undefined;
		throw error;
	}
};

/** The folder that the text of a kubeconfig names by the extension `mark` of the cluster of a context, the current one by default; undefined where it names none. */
export const worldIn = (text: string, mark: string, context: string | undefined): string | undefined => {
	const read = kubeconfigSchema.safeParse(parsed(text));
	if (!read.success) return undefined;
	const {contexts, clusters, 'current-context': current} = read.data;
	const inUse = contexts.find(({name}) => name === (context ?? current));
	const {extensions = []} = clusters.find(({name}) => name === inUse?.context.cluster)?.cluster ?? {};
	const world = worldSchema.safeParse(extensions.find(({name}) => name === mark)?.extension);
	return world.success ? world.data.world : undefined;
};
