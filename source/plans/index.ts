import type {Plan} from '../steps/world.ts';

/** Every plan by its name; what its steps do is read only when it is gone through. */
export const plans = {
	install: async (): Promise<Plan> => (await import('./install.ts')).installPlan,
} as const;

/** The name of a plan, as journals and events have it. */
export type PlanName = keyof typeof plans;
