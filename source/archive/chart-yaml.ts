import {parse} from 'yaml';
import * as z from 'zod';

/** What a chart says of itself in its Chart.yaml. */
export type ChartMetadata = {
	readonly name: string;
	readonly version: string;
	readonly appVersion?: string | undefined;
	/** A semver range of Kubernetes versions. */
	readonly kubeVersion?: string | undefined;
	readonly annotations: Readonly<Record<string, string>>;
};

/** What is read of a Chart.yaml. */
export type ChartYaml = {
	readonly metadata: ChartMetadata;
	/** The keys under which values go to charts within it: the alias of each dependency, else its name. */
	readonly dependencies: readonly string[];
};

/** A number where people forgot the quotes: `version: 1.0`. */
const written = z.union([z.string().min(1), z.number()]).transform(String);

/** `Chart.yaml` as Helm documents it (helm.sh/docs/topics/charts, apiVersion v2). */
const schema = z.object({
	name: z.string().min(1),
	version: written,
	appVersion: z.union([z.string(), z.number()]).transform(String).nullish(),
	kubeVersion: z.string().nullish(),
	annotations: z.record(z.string(), z.unknown()).nullish(),
	dependencies: z
		.array(z.object({name: z.string(), alias: z.string().nullish()}))
		.nullish()
		.catch(undefined),
});

/** Why a text is no Chart.yaml. */
export type ChartFault = 'no yaml' | 'no name';

/** Takes the text of a Chart.yaml. */
export const parseChartYaml = (text: string): ChartYaml | ChartFault => {
	let value: unknown;
	try {
		value = parse(text, {maxAliasCount: 100});
	} catch {
		return 'no yaml';
	}
	const {success, data} = schema.safeParse(value);
	if (!success) return 'no name';
	const {name, version, appVersion, kubeVersion, annotations, dependencies} = data;
	return {
		metadata: {
			name,
			version,
			appVersion: appVersion ?? undefined,
			kubeVersion: kubeVersion ?? undefined,
			annotations: Object.fromEntries(Object.entries(annotations ?? {}).map(([key, said]) => [key, String(said)])),
		},
		dependencies: (dependencies ?? []).map((dependency) => dependency.alias ?? dependency.name),
	};
};
