import {describe, expect, test} from 'vitest';
import {load, problemsOf, shortest} from './samples.ts';

const withIngress = (lines: string): string => `${shortest}ingress: {${lines}}\n`;

describe('the way into the cluster', () => {
	test('is an Ingress unless the answers say otherwise, so that old answer files mean the same', () => {
		expect(load(shortest).ingress).toMatchObject({kind: 'ingress', className: 'nginx'});
		expect(load(withIngress('kind: gateway, gateway: infra/shared, listener: https')).ingress).toMatchObject({
			gateway: 'infra/shared',
		});
		expect(load(withIngress('kind: route')).ingress.kind).toBe('route');
	});

	test('a Gateway is needed where one is asked for', () => {
		expect(problemsOf(withIngress('kind: gateway'))).toMatchObject([
			{
				code: 'answers-conflict',
				message: 'ingress.gateway is needed with ingress.kind gateway',
				cause: 'An HTTPRoute is served by the Gateway that it attaches to, and by nobody else.',
				fix: 'Name the Gateway as namespace/name, or change ingress.kind.',
			},
		]);
	});

	test.each(['gateway: infra/shared', 'listener: https'])('%s has no effect on another kind', (line) => {
		const [answer = ''] = line.split(':');
		for (const kind of ['', 'kind: route, '])
			expect(problemsOf(withIngress(`${kind}${line}`))).toMatchObject([
				{
					code: 'answers-conflict',
					message: `ingress.${answer} has no effect unless ingress.kind is gateway`,
					cause: 'Only an HTTPRoute attaches to a Gateway, and ingress.kind asks for none.',
					fix: `Set ingress.kind to gateway, or take ingress.${answer} out.`,
				},
			]);
	});

	test('what is no kind, and a name without a namespace, are told once each', () => {
		expect(problemsOf(withIngress('kind: lb, gateway: infra/shared')).map(({code}) => code)).toEqual([
			'answers-invalid-value',
		]);
		expect(problemsOf(withIngress('kind: gateway, gateway: shared'))).toMatchObject([
			{message: 'ingress.gateway must be the namespace and the name of a Gateway, as namespace/name'},
		]);
	});
});
