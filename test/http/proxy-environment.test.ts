import {expect, it} from 'vitest';
import {proxyFor} from '../../source/http/proxy-environment.ts';

const proxy = 'http://proxy.corp:3128';
const isProxied = (address: string, NO_PROXY: string): boolean =>
	proxyFor(new URL(address), {HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY}) !== undefined;

it('the proxy is that of the scheme, in capitals before small letters, and a scheme is added where it has none', () => {
	const https = new URL('https://k8s.corp:6443');
	expect(proxyFor(https, {HTTPS_PROXY: proxy, https_proxy: 'http://other'})).toEqual({proxy, variable: 'HTTPS_PROXY'});
	expect(proxyFor(https, {https_proxy: 'proxy.corp:3128'})).toEqual({proxy, variable: 'https_proxy'});
	expect(proxyFor(https, {HTTP_PROXY: proxy, ALL_PROXY: proxy})).toBeUndefined();
	expect(proxyFor(new URL('http://k8s.corp'), {HTTP_PROXY: proxy})?.variable).toBe('HTTP_PROXY');
	expect(proxyFor(https, {HTTPS_PROXY: ' '})).toBeUndefined();
});

it.each([
	['https://k8s.corp:6443', 'corp', false],
	['https://k8s.corp:6443', 'k8s.corp', false],
	['https://K8S.corp:6443', ' K8s.Corp , other', false],
	['https://k8s.corp:6443', '.corp', false],
	['https://k8s.corp:6443', '*.corp', false],
	['https://corp:6443', '.corp', true],
	['https://k8s.corp:6443', '8s.corp', true],
	['https://k8s.corp:6443', 'k8s.corp:6443', false],
	['https://k8s.corp:6443', 'k8s.corp:443', true],
	['https://k8s.corp', 'k8s.corp:443', false],
	['https://k8s.corp:6443', '*', false],
	['https://k8s.corp:6443', '', true],
	['https://10.1.2.3:6443', '10.0.0.0/8', false],
	['https://11.1.2.3:6443', '10.0.0.0/8', true],
	['https://10.1.2.3:6443', '10.1.2.3', false],
	['https://10.1.2.3:6443', '10.1.2.3:6443', false],
	['https://10.1.2.3:6443', '10.0.0.0/99,10.0.0.0/x,/8', true],
	['https://[fd00::1]:6443', 'fd00::/8', false],
	['https://[fd00::1]:6443', '[fd00::1]:6443', false],
	['https://[fd00::1]:6443', 'fd00::1', false],
	['https://[fd00::1]:6443', '10.0.0.0/8', true],
	['https://127.0.0.1:6443', '', false],
	['https://localhost:6443', '', false],
	['https://[::1]:6443', '', false],
])('%s with NO_PROXY %j goes through the proxy: %s', (address, exceptions, proxied) => {
	expect(isProxied(address, exceptions)).toBe(proxied);
});
