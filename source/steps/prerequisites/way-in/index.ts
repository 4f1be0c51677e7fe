import type {Answers} from '../../../answers/schema.ts';
import type {Check} from '../../shared/checks.ts';
import {gatewayCheck} from './gateway.ts';
import {ingressClass} from './ingress-class.ts';
import {routesCheck} from './routes.ts';

const checks: Readonly<Record<Answers['ingress']['kind'], Check>> = {
	ingress: ingressClass,
	gateway: gatewayCheck,
	route: routesCheck,
};

/** The check of the way in that the answers ask for. */
export const wayInCheck = ({ingress}: Answers): Check => checks[ingress.kind];
