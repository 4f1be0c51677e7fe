import {expect, test} from 'vitest';
import {auditValues} from '../../source/charts/index.ts';
import {knownKeys, knows} from '../../source/charts/keys.ts';

const metadata = {name: 'zenml', version: '1.0.0', annotations: {}};
const keysOf = (template: string, values: unknown = {}) => knownKeys(values, [template], []);

/** The ways in which templates read values; right: a path that is known from it. */
test.each([
	['{{ .Values.a.b }}', 'a.b'],
	['{{ range . }}{{ $.Values.a.b }}{{ end }}', 'a.b'],
	['{{ .root.Values.a.b }}', 'a.b'],
	['{{- $db := .Values.a.database -}}{{ $db.external.host }}', 'a.database.external.host'],
	['{{ .Values.zenml }}{{ .ZenML.database.poolSize | quote }}', 'zenml.database.poolSize'],
	['{{- $server := include "x" . | fromYaml -}}{{ .Values.server }}{{ .Values.zenml }}{{ $server.a.b }}', 'server.a.b'],
	['{{ if hasKey .Values.a "b" }}{{ end }}', 'a.b'],
	['{{ get .Values.a "b" }}', 'a.b'],
	['{{ index .Values "a" }}{{ index .Values.a "b" "c" }}', 'a.b.c'],
	['{{ if and .Values.a.b (not .Values.a.c) }}{{ end }}', 'a.c'],
])('%s makes known %s', (template, path) => {
	expect(knows(keysOf(template), path)).toBe(true);
});

test.each([
	['a map written out as YAML', '{{ toYaml .Values.a | nindent 4 }}'],
	['a map piped into YAML', '{{ .Values.a | toYaml | nindent 4 }}'],
	['a map written out inside with', '{{ with .Values.a }}{{ toYaml . | nindent 4 }}{{ end }}'],
	['a map gone through by range', '{{ range $k, $v := .Values.a }}{{ $k }}{{ end }}'],
])('%s takes any child, even where values.yaml has some', (_, template) => {
	const contents = {metadata, values: {}, literals: new Set<string>(), known: keysOf(template, {a: {b: 1}})};
	expect(auditValues({a: {anything: {goes: 1}}}, contents)).toEqual([]);
});

test('a map that is only read key by key does not take other children', () => {
	const contents = {metadata, values: {}, literals: new Set<string>(), known: keysOf('{{ .Values.a.b }}', {a: {b: 1}})};
	expect(auditValues({a: {c: 1}}, contents)).toMatchObject([{path: 'a.c'}]);
});

test('another section of the same name inside other words is not mistaken for the main one', () => {
	const tree = keysOf('{{ .Values.zenml.a }}{{ include "x.server.y" . }} host.server.local');
	expect(knows(tree, 'server')).toBe(false);
	expect(knows(tree, 'zenml.local')).toBe(false);
});
