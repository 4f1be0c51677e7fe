import * as z from 'zod';
import {answersSchema} from '../schema.ts';

/**
 * The JSON schema (draft 2020-12) of an answer file, for editors: descriptions, defaults and examples included. The
 * rules between answers are not in it, since JSON schema cannot say them.
 */
export const answersJsonSchema = (): Readonly<Record<string, unknown>> => {
	const {$schema, ...schema} = z.toJSONSchema(answersSchema, {io: 'input', target: 'draft-2020-12'});
	return {
		$schema,
		$id: 'urn:zenml-airgap:answers:1',
		title: 'Answers for zenml-airgap',
		description: 'Everything zenml-airgap needs to know to install ZenML Pro in a network without internet.',
		...schema,
	};
};
