import * as z from 'zod';
import type {WorkspaceInfo, ZenmlOrganization, ZenmlRole, ZenmlTeam, ZenmlUser, ZenmlWorkspace} from './types.ts';

/**
 * Answers of the control plane API, read tolerantly: the OpenAPI document of the control plane is not public, so only the
 * members that this tool needs are asked for, and members that were renamed between versions are read under both names.
 */

const id = z.string().min(1);

export const loginSchema = z.object({access_token: z.string().min(1)});

/** `email` is the login name of control planes of the 0.10 era, `username` that of newer ones. */
export const userSchema = z
	.object({
		id,
		username: z.string().nullish(),
		email: z.string().nullish(),
		name: z.string().nullish(),
		is_superuser: z.boolean().nullish(),
		is_active: z.boolean().nullish(),
	})
	.transform(
		(user): ZenmlUser => ({
			id: user.id,
			username: user.username ?? user.email ?? user.name ?? '',
			superuser: user.is_superuser ?? false,
			active: user.is_active ?? true,
		}),
	);

export const organizationSchema = z
	.object({id, name: z.string()})
	.transform(({id: key, name}): ZenmlOrganization => ({id: key, name}));

export const roleSchema = z
	.object({id, name: z.string(), level: z.string().nullish()})
	.transform(({id: key, name, level}): ZenmlRole => ({id: key, name, level: level ?? ''}));

export const teamSchema = z.object({id, name: z.string()}).transform(({id: key, name}): ZenmlTeam => ({id: key, name}));

const roleName = z.union([z.string(), z.object({name: z.string()}).transform(({name}) => name)]);

/** A member names its user as `user`, as `user_id`, or is the user itself. */
export const memberSchema = z
	.object({
		id: id.nullish(),
		user_id: id.nullish(),
		user: z.object({id}).nullish(),
		roles: z.array(roleName).nullish(),
		role: roleName.nullish(),
	})
	.transform((member, context) => {
		const userId = member.user?.id ?? member.user_id ?? member.id;
		if (!userId) {
			context.addIssue({code: 'custom', message: 'names no user'});
			return z.NEVER;
		}
		return {userId, roles: member.roles ?? (member.role ? [member.role] : [])};
	});

export const workspaceSchema = z
	.object({
		id,
		name: z.string(),
		status: z.string().nullish(),
		organization_id: id.nullish(),
		organization: z.object({id}).nullish(),
	})
	.transform(
		(workspace): ZenmlWorkspace => ({
			id: workspace.id,
			name: workspace.name,
			organizationId: workspace.organization?.id ?? workspace.organization_id ?? '',
			status: workspace.status ?? '',
		}),
	);

export const enrolledSchema = z
	.object({id, enrollment_key: z.string().min(1), organization: z.object({name: z.string()})})
	.transform(({id: key, enrollment_key, organization}) => ({
		id: key,
		organizationName: organization.name,
		enrollmentKey: enrollment_key,
	}));

/** `ServerModel` of the workspace server, `src/zenml/models/v2/misc/server_models.py` of zenml 0.93. */
export const infoSchema = z
	.object({
		version: z.string(),
		deployment_type: z.string(),
		database_type: z.string(),
		secrets_store_type: z.string(),
		server_url: z.string().nullish(),
		analytics_enabled: z.boolean().nullish(),
		pro_api_url: z.string().nullish(),
		pro_organization_id: z.string().nullish(),
		pro_workspace_id: z.string().nullish(),
	})
	.transform(
		(info): WorkspaceInfo => ({
			version: info.version,
			deploymentType: info.deployment_type,
			databaseType: info.database_type,
			secretsStoreType: info.secrets_store_type,
			serverUrl: info.server_url ?? '',
			analyticsEnabled: info.analytics_enabled ?? true,
			proApiUrl: info.pro_api_url ?? undefined,
			proOrganizationId: info.pro_organization_id ?? undefined,
			proWorkspaceId: info.pro_workspace_id ?? undefined,
		}),
	);

/** A page of a list: a bare list, or one under `items`. */
export const pageSchema = z.union([z.array(z.unknown()), z.object({items: z.array(z.unknown())})]);
