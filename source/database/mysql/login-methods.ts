/** Plugins that have an account log in by other means than a password that the server itself checks, and what they stand for. */
const methods: Readonly<Record<string, string>> = {
	mysql_clear_password: 'LDAP or PAM',
	authentication_ldap_simple: 'LDAP',
	authentication_ldap_sasl: 'LDAP (SASL)',
	authentication_ldap_sasl_client: 'LDAP (SASL)',
	authentication_pam: 'PAM',
	pam: 'PAM',
	dialog: 'PAM',
	authentication_kerberos: 'Kerberos',
	authentication_kerberos_client: 'Kerberos',
	gssapi: 'Kerberos (GSSAPI)',
	auth_gssapi: 'Kerberos (GSSAPI)',
	auth_gssapi_client: 'Kerberos (GSSAPI)',
	authentication_windows: 'Windows',
	authentication_windows_client: 'Windows',
	authentication_fido: 'a security key (FIDO)',
	authentication_fido_client: 'a security key (FIDO)',
	authentication_webauthn: 'a security key (WebAuthn)',
	authentication_webauthn_client: 'a security key (WebAuthn)',
	authentication_oci: 'Oracle Cloud',
	authentication_oci_client: 'Oracle Cloud',
	authentication_openid_connect: 'OpenID Connect',
	authentication_openid_connect_client: 'OpenID Connect',
	auth_socket: 'the user of the operating system (peer)',
	unix_socket: 'the user of the operating system (peer)',
	'auth_socket or unix_socket': 'the user of the operating system (peer)',
	ed25519: 'ed25519',
	client_ed25519: 'ed25519',
	parsec: 'PARSEC',
	mysql_no_login: 'nobody: it is no account to log in with',
	mysql_old_password: 'the password of MySQL 4.0',
	'a second factor': 'a second factor',
};

/** What a plugin stands for, in words; the plugin itself where it is not known. */
export const methodOf = (plugin: string): string =>
	(Object.hasOwn(methods, plugin) ? methods[plugin] : undefined) ?? plugin;

/** True for a plugin whose accounts this tool and the product cannot log in with. */
export const isForeignMethod = (plugin: string): boolean => Object.hasOwn(methods, plugin);
