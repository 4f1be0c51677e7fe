import {quantityOf} from '../../../base/quantity.ts';
import type {Container, PodSpec} from './pods.ts';

/** Texts of quantities by resource. */
export type Quantities = Readonly<Record<string, string>>;

/** What a container asks for of one resource, as text; undefined where it says nothing. */
export type Asked = {readonly request: string | undefined; readonly limit: string | undefined};

/** A limit alone is a request too (Kubernetes documentation, "Resource Management for Pods and Containers"). */
export const askedOf = ({resources}: Container, resource: string): Asked => {
	const limit = resources?.limits?.[resource];
	return {request: resources?.requests?.[resource] ?? limit, limit};
};

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** What a pod asks for: its containers together, or the most of those that run before them. */
export const totalOf = (pod: PodSpec, amount: (container: Container) => string | undefined): number => {
	const of = (container: Container): number => quantityOf(amount(container) ?? '0');
	return Math.max(sum(pod.containers.map(of)), ...(pod.initContainers ?? []).map(of));
};
