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
	/** The step from which on it stops servers and replaces data: a run that breaks off after it is to be gone on with. */
	readonly replacesFrom?: string;
	/** True where it makes dumps of databases, or reads those of another run: no played database can stand in. */
	readonly dumps?: true;
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
			'artifact-storage',
			'verification',
		],
		leaseStep: 'namespaces',
		load: async () => (await import('./install.ts')).installPlan,
	},
	backup: {
		id: 'backup',
		dumps: true,
		words: planWords.backup,
		stepIds: ['backup-ready', 'backup-secrets', 'backup-databases', 'backup-finish'],
		leaseStep: 'backup-ready',
		load: async () => (await import('./backup.ts')).backupPlan,
	},
	back: {
		id: 'back',
		dumps: true,
		words: planWords.back,
		stepIds: ['source', 'servers', 'database', 'release', 'verification'],
		leaseStep: 'source',
		replacesFrom: 'servers',
		load: async () => (await import('./back.ts')).backPlan('controlPlane'),
	},
	drill: {
		id: 'drill',
		dumps: true,
		words: planWords.drill,
		stepIds: [
			'drill-source',
			'drill-left',
			'drill-databases',
			'drill-servers',
			'drill-answers',
			'drill-clean',
			'drill-report',
		],
		leaseStep: 'drill-source',
		load: async () => (await import('./drill.ts')).drillPlan(),
	},
	'drill-clean': {
		id: 'drill-clean',
		words: planWords['drill-clean'],
		stepIds: ['drill-left'],
		load: async () => (await import('./drill.ts')).drillCleanPlan,
	},
	failover: {
		id: 'failover',
		words: planWords.failover,
		stepIds: ['failover-ready', 'failover-watch', 'failover-report'],
		leaseStep: 'failover-ready',
		load: async () => (await import('./failover.ts')).failoverPlan,
	},
	upgrade: {
		id: 'upgrade',
		dumps: true,
		words: planWords.upgrade,
		stepIds: [
			'bundle',
			'upgrade-path',
			'prerequisites',
			'client-tools',
			'backup-ready',
			'backup-secrets',
			'backup-databases',
			'backup-finish',
			'images',
			'namespaces',
			'secrets',
			'databases',
			'control-plane',
			'control-plane-verified',
			'workspaces',
			'dns',
			'ca',
			'workload-manager',
			'artifact-storage',
			'verification',
			'client-images',
		],
		leaseStep: 'upgrade-path',
		load: async () => (await import('./upgrade.ts')).upgradePlan,
	},
	schedule: {
		id: 'schedule',
		dumps: true,
		words: planWords.schedule,
		stepIds: ['bundle', 'schedule-ready', 'schedule-objects', 'schedule-proved'],
		leaseStep: 'schedule-ready',
		load: async () => (await import('./schedule.ts')).schedulePlan,
	},
	restore: {
		id: 'restore',
		dumps: true,
		words: planWords.restore,
		stepIds: [
			'restore-backup',
			'bundle',
			'prerequisites',
			'images',
			'namespaces',
			'restore-secrets',
			'secrets',
			'databases',
			'restore-servers',
			'restore-databases',
			'restore-keys',
			'control-plane',
			'workspaces',
			'dns',
			'ca',
			'workload-manager',
			'verification',
			'restored',
		],
		leaseStep: 'namespaces',
		replacesFrom: 'restore-servers',
		load: async () => {
			const {noFlags} = await import('../steps/restore/options.ts');
			return (await import('./restore.ts')).restorePlan({only: {kind: 'whole'}, flags: noFlags});
		},
	},
} as const satisfies Readonly<Record<string, PlanEntry>>;
