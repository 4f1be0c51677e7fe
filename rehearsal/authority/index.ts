export {
	type Authority,
	type AuthorityRecord,
	authorityFrom,
	createAuthority,
	type Issued,
	type IssueOptions,
	type KeyKind,
} from './authority.ts';
