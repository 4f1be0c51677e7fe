import type {PlanWords} from '../engine/plan-words.ts';
import type {Plan} from '../steps/world.ts';
import {planWords} from './words.ts';

/** A plan as it is known before it is gone through: what its steps do is most of the program, and is read only then. */
export type PlanEntry = {
	/** Its name in journals, events and names of files. */
	readonly id: string;
	/** The names of its steps, in order: what `--from` and `--until` take. */
	readonly stepIds: readonly string[];
	/** The step that takes the Lease: a run that begins after it takes the Lease at its start. Absent where none does. */
	readonly leaseStep?: string;
	readonly words: PlanWords;
	readonly load: () => Promise<Plan>;
};

/** Every plan. */
export const plans = {
	install: {
		id: 'install',
		words: planWords.install,
		stepIds: [
			'bundle',
			'prerequisites',
			'images',
			'namespaces',
			'secrets',
			'databases',
			'control-plane',
			'onboarding',
			'workspaces',
			'dns',
			'ca',
			'workload-manager',
			'verification',
		],
		leaseStep: 'namespaces',
		load: async () => (await import('./install.ts')).installPlan,
	},
	backup: {
		id: 'backup',
		words: planWords.backup,
		stepIds: ['backup-ready', 'backup-secrets', 'backup-databases', 'backup-finish'],
		leaseStep: 'backup-ready',
		load: async () => (await import('./backup.ts')).backupPlan,
	},
	back: {
		id: 'back',
		words: planWords.back,
		stepIds: ['source', 'servers', 'database', 'release', 'verification'],
		leaseStep: 'source',
		load: async () => (await import('./back.ts')).backPlan('controlPlane'),
	},
	upgrade: {
		id: 'upgrade',
		words: planWords.upgrade,
		stepIds: [
			'bundle',
			'upgrade-path',
			'prerequisites',
			'images',
			'backup-ready',
			'backup-secrets',
			'backup-databases',
			'backup-finish',
			'namespaces',
			'secrets',
			'databases',
			'control-plane',
			'control-plane-verified',
			'workspaces',
			'dns',
			'ca',
			'workload-manager',
			'verification',
			'client-images',
		],
		leaseStep: 'upgrade-path',
		load: async () => (await import('./upgrade.ts')).upgradePlan,
	},
} as const satisfies Readonly<Record<string, PlanEntry>>;
