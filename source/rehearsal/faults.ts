import type {Interference} from './product/index.ts';
import type {RegistryFaults} from './registry/index.ts';

/** What a rehearsal can break on purpose, in the words of the screen that offers it. */
export const faults = {
	'registry-drops': 'The registry cuts two uploads in the middle of an image.',
	'wrong-database-password':
		'The answers carry a wrong password of the database administrator; a note says where the right one lies.',
	'pod-crash-loop': 'The first rollout of the workspace crash-loops; the next Helm revision comes up.',
	'image-missing':
		'The nodes do not find the dashboard image in the first rollout; after the next Helm revision they do.',
	'dns-missing': "The network team forgets the workspace's DNS record and adds it after a while.",
	'certificate-other-host': 'The certificate is for another host; the right pair lies beside it.',
} as const;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as readonly FaultName[];

/** A fault between runs. `struckIn` is the namespace of the first pod it hit; a cleared fault does nothing any more. */
export type FaultState = {readonly name: FaultName; readonly cleared: boolean; readonly struckIn?: string};

/** A fault at work: what it does to each part, and what mends it. */
export type Fault = {
	readonly is: (name: FaultName) => boolean;
	readonly interfere: Interference;
	readonly registry: RegistryFaults;
	/** Tells that Helm wrote a new revision in a namespace: what struck there is mended. */
	readonly onRevision: (namespace: string) => void;
	readonly clear: () => void;
};

const crash = [
	'Traceback (most recent call last):',
	'  File "/opt/venv/lib/python3.12/site-packages/zenml/zen_server/zen_server_api.py", line 158, in initialize',
	'    initialize_zen_store()',
	'  File "/opt/venv/lib/python3.12/site-packages/zenml/config/global_config.py", line 412, in _write_config',
	'    yaml_utils.write_yaml(config_file, yaml_dict, sort_keys=False)',
	"OSError: [Errno 28] No space left on device: '/zenml/.zenconfig/config.yaml'",
	'ERROR:    Application startup failed. Exiting.',
];

const droppedUploads = 2;
const dropAfterBytes = 400_000;

/**
 * Brings a fault to life. Each one that a retry is meant to get past clears itself after its first failure; `save` is called
 * with every new state, so that a restart does not bring a mended fault back.
 */
export const createFault = (options: {
	readonly state: FaultState | undefined;
	readonly save: (state: FaultState) => void;
	readonly log: (line: string) => void;
}): Fault => {
	let {state} = options;
	const update = (change: Partial<FaultState>): void => {
		if (!state) return;
		state = {...state, ...change};
		options.save(state);
	};
	const is = (name: FaultName): boolean => state?.name === name && !state.cleared;
	const clear = (): void => {
		if (!state || state.cleared) return;
		update({cleared: true});
		options.log(`fault ${state.name}: over`);
	};
	const strike = (namespace: string): void => {
		if (state && state.struckIn === undefined) update({struckIn: namespace});
	};
	const drops = (): RegistryFaults => {
		let left = droppedUploads;
		return {
			dropAfterBytes: {
				bytes: dropAfterBytes,
				get uploads() {
					return left;
				},
				set uploads(value) {
					left = value;
					if (left <= 0) clear();
				},
			},
		};
	};
	return {
		is,
		clear,
		registry: is('registry-drops') ? drops() : {},
		interfere: {
			pull: (image, namespace) => {
				if (!is('image-missing') || !image.includes('zenml-pro-dashboard')) return undefined;
				strike(namespace);
				return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
			},
			start: (pod, role) => {
				if (!is('pod-crash-loop') || role !== 'workspace') return undefined;
				strike(pod.metadata.namespace ?? '');
				return crash;
			},
		},
		onRevision: (namespace) => {
			if (state?.struckIn === namespace) clear();
		},
	};
};
