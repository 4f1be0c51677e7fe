import type {RegistryPort} from '../../registry/types.ts';

type Closable = RegistryPort & {readonly close: () => void};

/**
 * A registry that is opened when it is first asked something: its CA and client certificate are files that may be missing, and
 * a run that needs no registry must not end for that. An opening that failed is tried anew at the next question.
 * @param host as it appears in image references
 */
export const lazyRegistry = (host: string, open: () => Promise<Closable>): Closable => {
	let opening: Promise<Closable> | undefined;
	const opened = async (): Promise<Closable> => {
		opening ??= open().catch((error: unknown) => {
			opening = undefined;
			throw error;
		});
		return opening;
	};
	return {
		host,
		ping: async (...given) => (await opened()).ping(...given),
		checkPush: async (...given) => (await opened()).checkPush(...given),
		manifestDigest: async (...given) => (await opened()).manifestDigest(...given),
		contents: async (...given) => (await opened()).contents(...given),
		missing: async (...given) => (await opened()).missing(...given),
		push: async (...given) => (await opened()).push(...given),
		close: () => {
			opening?.then(
				(registry) => registry.close(),
				() => undefined,
			);
		},
	};
};
