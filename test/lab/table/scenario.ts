import {type Reply, send, type Target} from '../api-client.ts';

/** A request of a scenario. `{ns}` in path and body stands for the scenario's own namespace. */
export type Call = {
	readonly title: string;
	readonly method?: string;
	readonly path: string;
	/** A value, or one made from the answers so far. */
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
	/** Only these parts of the answer are compared: `body.kind`. */
	readonly only?: readonly string[];
	/** Fields below these keys are left out of the comparison, with the reason beside the entry. */
	readonly without?: readonly string[];
};

export type Scenario = {
	readonly name: string;
	readonly calls: readonly Call[];
};

export const patchAs = {
	json: {'content-type': 'application/json-patch+json'},
	merge: {'content-type': 'application/merge-patch+json'},
	strategic: {'content-type': 'application/strategic-merge-patch+json'},
	apply: {'content-type': 'application/apply-patch+yaml'},
} as const;

const fill = <T>(value: T, namespace: string, replies: readonly Reply[]): T =>
	typeof value === 'function'
		? (fill(value(replies), namespace, replies) as T)
		: value === undefined
			? value
			: (JSON.parse(JSON.stringify(value).replaceAll('{ns}', namespace)) as T);

/** Runs the calls of a scenario one after the other in a namespace of its own. */
export const play = async (target: Target, scenario: Scenario, namespace: string): Promise<readonly Reply[]> => {
	const replies: Reply[] = [];
	for (const {method = 'GET', path, body, headers} of scenario.calls) {
		const at = fill(path, namespace, replies);
		replies.push(await send(target, method, at, fill(body, namespace, replies), headers));
	}
	return replies;
};
