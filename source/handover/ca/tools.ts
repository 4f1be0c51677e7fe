import type {HandoverSection} from '../../base/handover.ts';
import {type CaGiven, caName, registryFile} from './given.ts';
import {caScript, nothingToDo} from './script.ts';

/** Lists of CAs that systems keep, in the order in which they are looked for. */
const systemLists = [
	'/etc/ssl/certs/ca-certificates.crt',
	'/etc/pki/tls/certs/ca-bundle.crt',
	'/etc/ssl/ca-bundle.pem',
	'/etc/ssl/cert.pem',
] as const;

/** The first line of the list that the script makes, by which it knows its own again. */
const madeBy = '# Made by ca-python.sh, with the internal CA.';

const findList: readonly string[] = [
	'list=$("$python" -c "import certifi; print(certifi.where())" 2>/dev/null) \\',
	'  || list=',
	'for one in \\',
	...systemLists.map((list, index) => `  ${list}${index === systemLists.length - 1 ? '' : ' \\'}`),
	'do',
	'  if [ -z "$list" ] && [ -s "$one" ]; then list=$one; fi',
	'done',
	'if [ -z "$list" ]; then',
	'  echo "No list of CAs was found: neither certifi of $python nor that of" >&2',
	'  echo "the system. A file with the internal CA alone shuts out every" >&2',
	'  echo "other server. Set PYTHON to a Python that has certifi." >&2',
	'  exit 1',
	'fi',
];

const python = (given: CaGiven): HandoverSection =>
	caScript(given, {
		title: 'Python clients',
		fileName: 'ca-python.sh',
		about: [
			'Python brings its own list of CAs. This makes one file of that list (or',
			"the system's) and the internal CA; REQUESTS_CA_BUNDLE is read by requests",
			'(and the ZenML client), SSL_CERT_FILE by the ssl module and httpx.',
			`BUNDLE names another file than ~/.${caName}.pem, PYTHON another`,
			'Python than python3.',
		],
		check: ['openssl verify -no-CApath \\', `  -CAfile $HOME/.${caName}.pem ca.crt`],
		lines: [
			`bundle=\${BUNDLE:-$HOME/.${caName}.pem}`,
			`mark="${madeBy}"`,
			'if [ -e "$bundle" ] && ! grep -qxF "$mark" "$bundle"; then',
			'  echo "$bundle was not made by this script: nothing was done." >&2',
			'  exit 1',
			'fi',
			'if [ "$what" = remove ]; then',
			`  [ -e "$bundle" ] || { echo "${nothingToDo.remove}"; exit 0; }`,
			'  rm -f "$bundle"',
			'  echo "Take the two lines out of the profiles of users, too."',
			'  echo "Removed: $bundle"',
			'  exit 0',
			'fi',
			`python=\${PYTHON:-python3}`,
			`if [ -n "\${PYTHON:-}" ] && ! command -v "$python" >/dev/null 2>&1; then`,
			'  echo "There is no program $python: nothing was done." >&2',
			'  exit 1',
			'fi',
			...findList,
			'{ echo "$mark"; cat "$list"; echo; cat "$file"; } >"$bundle.new"',
			'chmod 0644 "$bundle.new"',
			`told="${nothingToDo.install}"`,
			'cmp -s "$bundle.new" "$bundle" \\',
			'  || told="Installed: $bundle, made of $list and the internal CA"',
			'mv "$bundle.new" "$bundle"',
			"echo 'These lines belong in the profile of each user:'",
			'echo "export REQUESTS_CA_BUNDLE=$bundle"',
			'echo "export SSL_CERT_FILE=$bundle"',
			'echo "$told"',
		],
	});

// keytool refuses an alias that is there, and one that is not there when it is to be deleted.
const java = (given: CaGiven): HandoverSection =>
	caScript(given, {
		title: 'Java',
		fileName: 'ca-java.sh',
		about: [
			'For one Java: the one in JAVA_HOME, or the first on the path. As whoever',
			'may write its cacerts. "changeit" is what the file ships with, no secret;',
			'another one comes from STOREPASS. KEYSTORE names another file than the',
			'cacerts of this Java.',
		],
		check: ['keytool -list -cacerts -storepass changeit \\', `  -alias ${caName}`],
		lines: [
			`keytool=\${JAVA_HOME:+$JAVA_HOME/bin/}keytool`,
			'command -v "$keytool" >/dev/null 2>&1 || {',
			'  echo "There is no program $keytool: set JAVA_HOME to the folder of a" >&2',
			'  echo "Java, or put its bin on the path. Nothing was done." >&2',
			'  exit 1',
			'}',
			`STOREPASS=\${STOREPASS:-changeit}`,
			'export STOREPASS',
			`if [ -n "\${KEYSTORE-}" ]; then set -- -keystore "$KEYSTORE"`,
			'else set -- -cacerts; fi',
			'listed=',
			`if [ -z "\${KEYSTORE-}" ] || [ -e "$KEYSTORE" ]; then`,
			'  listed=$("$keytool" -list "$@" -storepass:env STOREPASS) || {',
			'    echo "$listed" >&2',
			'    exit 1',
			'  }',
			'fi',
			`entry=$(printf '%s\\n' "$listed" | grep -A 1 "^${caName}," | tr -d : \\`,
			'  | tr A-F a-f) || entry=',
			'case "$what:$entry" in',
			`  install:*"$want"*) echo "${nothingToDo.install}"; exit 0 ;;`,
			`  remove:) echo "${nothingToDo.remove}"; exit 0 ;;`,
			'esac',
			'# Another certificate under this alias is replaced.',
			'if [ -n "$entry" ]; then',
			'  "$keytool" -delete "$@" -storepass:env STOREPASS \\',
			`    -alias ${caName}`,
			'fi',
			'if [ "$what" = install ]; then',
			'  "$keytool" -importcert -noprompt "$@" -storepass:env STOREPASS \\',
			`    -alias ${caName} -file "$file"`,
			`  echo "Installed: ${caName}"`,
			`else echo "Removed: ${caName}"; fi`,
		],
	});

const others = ({registry, registryCa}: CaGiven): HandoverSection => ({
	title: 'git, pip, conda, curl, Node, Docker',
	fileName: 'tools.txt',
	lines: [
		'BUNDLE is the file that ca-python.sh makes, or the list of the system',
		'(Debian: /etc/ssl/certs/ca-certificates.crt) once the CA is in it. CA is',
		'ca.crt alone. After each the way back.',
		'Node (adds to its own list)',
		'  export NODE_EXTRA_CA_CERTS=CA                 unset NODE_EXTRA_CA_CERTS',
		'npm',
		'  npm config set cafile BUNDLE                  npm config delete cafile',
		'git',
		'  git config --global http.sslCAInfo BUNDLE',
		'                             git config --global --unset http.sslCAInfo',
		'pip',
		'  pip config set global.cert BUNDLE             pip config unset global.cert',
		'conda',
		'  conda config --set ssl_verify BUNDLE',
		'                                     conda config --remove-key ssl_verify',
		'curl',
		'  export CURL_CA_BUNDLE=BUNDLE                  unset CURL_CA_BUNDLE',
		'AWS CLI and boto3 (artifact storage)',
		'  export AWS_CA_BUNDLE=BUNDLE                   unset AWS_CA_BUNDLE',
		registryCa === undefined
			? 'Docker and Podman on machines of users, when the same CA signed the registry'
			: 'Docker and Podman on machines of users, for the registry',
		`  install -D -m 0644 ${registryFile({registryCa})} \\`,
		`    /etc/docker/certs.d/${registry}/ca.crt`,
		`  install -D -m 0644 ${registryFile({registryCa})} \\`,
		`    /etc/containers/certs.d/${registry}/ca.crt`,
		'  to undo, delete that file.',
		'The ZenML client with a CA of its own for one server',
		'  zenml login URL --ssl-ca-cert CA              zenml logout URL',
		'Check, of BUNDLE before the servers are there',
		'  openssl verify -no-CApath -CAfile BUNDLE ca.crt',
	],
});

const dockerfile = ({sha256}: CaGiven): HandoverSection => ({
	title: 'Container images',
	fileName: 'ca-image.Dockerfile',
	lines: [
		'# An image that trusts the internal CA, on top of yours (Debian, Ubuntu).',
		'# With ca.crt in this folder, behind the gap, with Docker, Podman or Kaniko:',
		'#   docker build -f ca-image.Dockerfile --build-arg BASE=IMAGE -t NAME .',
		'# The base needs the package ca-certificates. Check: the build stops where',
		'# the certificate has not the fingerprint of README.txt (here in lower case).',
		'# Undo: use the image again that it was made of.',
		'ARG BASE',
		`FROM \${BASE}`,
		'USER root',
		`COPY ca.crt /usr/local/share/ca-certificates/${caName}.crt`,
		"RUN have=$(sed '/-----/d' \\",
		`    /usr/local/share/ca-certificates/${caName}.crt \\`,
		'    | base64 -d | sha256sum | cut -c 1-64) \\',
		'  && if [ "$have" != \\',
		`    ${sha256} ]; \\`,
		'  then echo "The fingerprint differs: $have" >&2; exit 1; fi \\',
		'  && update-ca-certificates',
		'ENV REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt',
		'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
		'# The user that the image had, where that was not root:',
		'ARG RUN_AS=root',
		`USER \${RUN_AS}`,
	],
});

/** What brings the CA to programs with lists of their own, and to images. */
export const tools = (given: CaGiven): readonly HandoverSection[] => [
	python(given),
	java(given),
	others(given),
	dockerfile(given),
];
