import {isDeepStrictEqual} from 'node:util';
import type * as z from 'zod';
import {type TextKind, textKinds} from './parts.ts';
import {answersSchema} from './schema.ts';
import {type PathLike, toPath} from './tree.ts';

/** How an answer is written: text, a reference to a secret, a file, a number, yes or no, one of a list, or a map. */
export type FieldType = 'text' | 'secret' | 'path' | 'quantity' | 'number' | 'yes-no' | 'choice' | 'map';

type Common = {
	/** Keys from the root; `*` stands for the index of a list. */
	readonly path: readonly string[];
	readonly description?: string;
	/** The zod schema with its default. */
	readonly schema: z.ZodType;
};
/** One answer. */
export type Field = Common & {
	readonly kind: 'field';
	readonly type: FieldType;
	/** True where neither a default nor leaving it out will do. */
	readonly required: boolean;
	readonly default?: unknown;
	readonly examples: readonly unknown[];
	/** The allowed values of a choice. */
	readonly choices: readonly (string | number)[];
	/** Levels of keys above the texts of a map: 1 or 2; 0 for all others. */
	readonly mapDepth: number;
	/** True where `null` is a value of its own: somebody else decides. Elsewhere it is the same as nothing. */
	readonly nullable: boolean;
	/** True where the texts, in a map too, are quantities. */
	readonly quantities: boolean;
};
/** True when saying nothing means the same. */
export const isDefault = (field: Field, value: unknown): boolean =>
	'default' in field && isDeepStrictEqual(field.default, value);

/** A map with fixed keys. `optional`: it may be left out, and that means something. */
export type Group = Common & {
	readonly kind: 'group';
	readonly optional: boolean;
	readonly children: readonly (readonly [string, Node])[];
};
/** A list of groups. */
export type List = Common & {readonly kind: 'list'; readonly required: boolean; readonly item: Group};
export type Node = Field | Group | List;

/** The parts of zod's own definitions that are read here (zod 4, `schema.def`). */
type Def = {
	readonly type: string;
	readonly innerType?: Schema;
	readonly defaultValue?: unknown;
	readonly element?: Schema;
	readonly valueType?: Schema;
	readonly entries?: Readonly<Record<string, string>>;
	readonly values?: readonly (string | number)[];
};
type Schema = z.ZodType & {readonly def: Def; readonly shape?: Readonly<Record<string, Schema>>};

type Unwrapped = {
	readonly inner: Schema;
	readonly optional: boolean;
	readonly nullable: boolean;
	readonly default?: unknown;
	readonly meta: {readonly description?: string; readonly examples?: readonly unknown[]};
};

const unwrap = (schema: Schema): Unwrapped => {
	const meta = (schema.meta() ?? {}) as Unwrapped['meta'];
	const {type, innerType} = schema.def;
	if (innerType === undefined) return {inner: schema, optional: false, nullable: false, meta};
	const below = unwrap(innerType);
	return {
		...below,
		meta: {...below.meta, ...meta},
		...(type === 'optional' ? {optional: true} : {}),
		...(type === 'nullable' ? {nullable: true} : {}),
		...(type === 'default' ? {default: schema.def.defaultValue} : {}),
	};
};

const types: Readonly<Record<string, FieldType>> = {
	string: 'text',
	number: 'number',
	boolean: 'yes-no',
	enum: 'choice',
	literal: 'choice',
	record: 'map',
};

const mapDepth = (schema: Schema): number => (schema.def.valueType ? 1 + mapDepth(schema.def.valueType) : 0);

const textKind = (schema: Schema): TextKind | undefined =>
	schema.def.valueType ? textKind(schema.def.valueType) : textKinds.get(schema)?.kind;

const walk = (schema: Schema, path: readonly string[]): Node => {
	const {inner, optional, nullable, meta, ...unwrapped} = unwrap(schema);
	const common = {path, schema, ...(meta.description === undefined ? {} : {description: meta.description})};
	const required = !(optional || 'default' in unwrapped);
	if (inner.shape)
		return {
			...common,
			kind: 'group',
			optional,
			children: Object.entries(inner.shape).map(([key, entry]) => [key, walk(entry, [...path, key])]),
		};
	if (inner.def.element) {
		const item = walk(inner.def.element, [...path, '*']);
		if (item.kind !== 'group') throw new TypeError(`${path.join('.')} is a list of something other than groups`);
		return {...common, kind: 'list', required, item};
	}
	const type = textKinds.get(inner)?.kind ?? types[inner.def.type];
	if (type === undefined) throw new TypeError(`${path.join('.')} has a schema that forms cannot show`);
	return {
		...common,
		kind: 'field',
		type,
		required,
		...('default' in unwrapped ? {default: unwrapped.default} : {}),
		examples: meta.examples ?? [],
		choices: inner.def.values ?? Object.values(inner.def.entries ?? {}),
		mapDepth: mapDepth(inner),
		nullable,
		quantities: textKind(inner) === 'quantity',
	};
};

/** The schema as a plain tree: what forms, files and messages are made from. */
export const rootGroup: Group = walk(answersSchema as unknown as Schema, []) as Group;

const collect = (node: Node): readonly Node[] => {
	if (node.kind === 'field') return [node];
	if (node.kind === 'list') return [node, ...collect(node.item)];
	return [node, ...node.children.flatMap(([, entry]) => collect(entry))];
};

/** Every node of the tree, outer ones first. */
export const allNodes: readonly Node[] = collect(rootGroup);
/** Every answer there is, in the order of the file. */
export const allFields: readonly Field[] = allNodes.filter((node) => node.kind === 'field');
/** Answers that name a file or folder; `*` stands for the index of a list. */
export const pathFields: readonly string[] = allFields
	.filter(({type}) => type === 'path')
	.map(({path}) => path.join('.'));

/** The node at a path; list indices and `*` both go. Keys of a map lead to its field. `undefined`: no such answer. */
export const nodeAt = (path: PathLike): Node | undefined => {
	let node: Node | undefined = rootGroup;
	for (const key of toPath(path)) {
		if (node === undefined || node.kind === 'field') return node?.type === 'map' ? node : undefined;
		if (node.kind === 'list') node = typeof key === 'number' || key === '*' ? node.item : undefined;
		else node = node.children.find(([name]) => name === String(key))?.[1];
	}
	return node;
};
