import type {HandoverSection} from '../../base/handover.ts';
import {type CaGiven, caName} from './given.ts';
import {caScript, nothingToDo} from './script.ts';

const json = (value: object): readonly string[] => JSON.stringify(value, undefined, 2).split('\n');

/** Where Firefox on Linux looks for certificates that its policies name (Mozilla, policy templates, Certificates > Install). */
const mozillaFolder = '/usr/lib/mozilla/certificates';

const firefox: HandoverSection = {
	title: 'Firefox (policies.json)',
	fileName: 'firefox-policies.json',
	lines: json({
		policies: {Certificates: {ImportEnterpriseRoots: true, Install: [`${mozillaFolder}/${caName}.crt`]}},
	}),
};

// Chromium 132 or newer: certificates in Base64 of their DER.
const chrome = ({base64}: CaGiven): HandoverSection => ({
	title: 'Chrome, Chromium and Edge (managed policy)',
	fileName: 'chrome-policy.json',
	lines: json({CACertificates: [base64.join('')]}),
});

// A browser that is open writes its database when it closes; certutil of NSS takes part in its locks. It refuses another certificate of a name.
const nss = (given: CaGiven): HandoverSection =>
	caScript(given, {
		title: 'Chrome on Linux, one user (NSS)',
		fileName: 'ca-nss.sh',
		about: [
			'As the user whose Chrome or Chromium it is; needs certutil of NSS',
			'(Debian: libnss3-tools, RHEL: nss-tools). NSS_DB names another folder',
			'than ~/.pki/nssdb.',
		],
		check: ['certutil -d sql:$HOME/.pki/nssdb -L'],
		lines: [
			'command -v certutil >/dev/null 2>&1 || {',
			'  echo "certutil is missing: install libnss3-tools or nss-tools." >&2',
			'  exit 1',
			'}',
			`folder=\${NSS_DB:-$HOME/.pki/nssdb}`,
			'if [ "$what" = install ]; then',
			'  mkdir -p "$folder"',
			'  [ -f "$folder/cert9.db" ] \\',
			'    || certutil -d "sql:$folder" -N --empty-password',
			'fi',
			`body() { sed '/-----/d' | tr -d '\\r\\n'; }`,
			'rows() { certutil -d "sql:$folder" -L 2>/dev/null || true; }',
			'# The name by which this certificate is there, whoever imported it.',
			'name=$(rows | sed -n "s/  *[A-Za-z]*,[A-Za-z]*,[A-Za-z]* *$//p" \\',
			'  | while read -r one; do',
			`    its=$(certutil -d "sql:$folder" -L -n "$one" -a 2>/dev/null | body)`,
			`    if [ "$its" = "$(body <"$file")" ]; then echo "$one"; break; fi`,
			'  done)',
			`if [ -n "$name" ] && [ "$name" != ${caName} ]; then`,
			'  echo "It is there as $name, which was not put there by this: left alone."',
			'  [ "$what" = install ] || exit 0',
			'  if rows | grep -F "$name " \\',
			'    | grep -q " C[A-Za-z]*,[A-Za-z]*,[A-Za-z]* *$"; then',
			'    exit 0',
			'  fi',
			'  echo "It is not trusted for servers: give it the trust C,, as well." >&2',
			'  exit 1',
			'fi',
			'if [ "$what" = install ] && [ -n "$name" ] \\',
			`  && rows | grep -q "^${caName} .*C,,"; then`,
			`  echo "${nothingToDo.install}"`,
			'  exit 0',
			'fi',
			'# Another one that is there under this name is replaced.',
			'if [ -f "$folder/cert9.db" ] \\',
			`  && rows | grep -q "^${caName} "; then`,
			`  certutil -d "sql:$folder" -D -n ${caName}`,
			`  [ "$what" = install ] || echo "Removed: ${caName} from $folder"`,
			'elif [ "$what" = remove ]; then',
			`  echo "${nothingToDo.remove}"`,
			'fi',
			'if [ "$what" = install ]; then',
			`  certutil -d "sql:$folder" -A -t C,, -n ${caName} -i "$file"`,
			`  echo "Installed: ${caName} in $folder"`,
			'fi',
		],
	});

const notes: HandoverSection = {
	title: 'Browsers: where each file goes',
	fileName: 'browsers.txt',
	lines: [
		'Windows and macOS: Edge, Chrome and Safari use the system store.',
		'Firefox uses it where firefox-policies.json lies in',
		'  Windows  C:\\Program Files\\Mozilla Firefox\\distribution\\policies.json',
		'  macOS    Firefox.app/Contents/Resources/distribution/policies.json',
		'  or by Group Policy: Mozilla > Firefox > Certificates >',
		'  Import Enterprise Roots: enabled.',
		'Linux, Firefox (also as a snap)',
		'  install -D -m 0644 firefox-policies.json /etc/firefox/policies/policies.json',
		`  install -D -m 0644 ca.crt \\`,
		`    ${mozillaFolder}/${caName}.crt`,
		'  Merge by hand where a policies.json is there already.',
		'Linux, Chrome, Chromium and Edge, version 132 or newer, all users',
		'  /etc/opt/chrome/policies/managed/zenml-internal-ca.json',
		'  /etc/chromium/policies/managed/zenml-internal-ca.json',
		'  /etc/opt/edge/policies/managed/zenml-internal-ca.json',
		'  each a copy of chrome-policy.json. Older ones: ca-nss.sh for each user.',
		'Check',
		'  about:policies (Firefox), chrome://policy, edge://policy; then open the',
		'  addresses in README.txt: no warning.',
		'Undo',
		'  Take the files away again; sh ca-nss.sh remove.',
	],
};

/** What brings the CA to browsers with stores of their own. */
export const browsers = (given: CaGiven): readonly HandoverSection[] => [notes, firefox, chrome(given), nss(given)];
