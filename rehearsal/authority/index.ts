export {
	type Authority,
	type AuthorityRecord,
	authorityFrom,
	createAuthority,
	type Issued,
} from './authority.ts';
