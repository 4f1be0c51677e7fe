import type {HandoverSection} from '../../base/handover.ts';
import {type CaGiven, caName} from './given.ts';
import {shellHead} from './linux.ts';

/** Lists of CAs that systems keep, in the order in which they are looked for. */
const systemLists = [
	'/etc/ssl/certs/ca-certificates.crt',
	'/etc/pki/tls/certs/ca-bundle.crt',
	'/etc/ssl/ca-bundle.pem',
	'/etc/ssl/cert.pem',
] as const;

const python = (given: CaGiven): HandoverSection => ({
	title: 'Python clients',
	fileName: 'ca-python.sh',
	kind: 'script',
	lines: [
		...shellHead(given),
		'# Python brings its own list of CAs. This makes one file of that list (or',
		"# the system's) and the internal CA; REQUESTS_CA_BUNDLE is read by requests",
		'# (and the ZenML client), SSL_CERT_FILE by the ssl module and httpx.',
		'# To undo: delete the file and the two lines in the profile.',
		`python=\${PYTHON:-python3}`,
		`bundle=\${1:-$HOME/.${caName}.pem}`,
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
		'{ cat "$list"; echo; cat "$file"; } >"$bundle.new"',
		'chmod 0644 "$bundle.new"',
		'mv "$bundle.new" "$bundle"',
		'echo "Made of $list and the internal CA: $bundle"',
		"echo 'Add these lines to the profile of each user:'",
		'echo "export REQUESTS_CA_BUNDLE=$bundle"',
		'echo "export SSL_CERT_FILE=$bundle"',
	],
});

const java = (given: CaGiven): HandoverSection => ({
	title: 'Java',
	fileName: 'ca-java.sh',
	kind: 'script',
	lines: [
		...shellHead(given),
		'# For one Java: the one in JAVA_HOME, or the first on the path. As whoever',
		'# may write its cacerts. "changeit" is what the file ships with, no secret;',
		'# another one comes from STOREPASS. To undo: sh ca-java.sh remove',
		`keytool=\${JAVA_HOME:+$JAVA_HOME/bin/}keytool`,
		`STOREPASS=\${STOREPASS:-changeit}`,
		'export STOREPASS',
		'# KEYSTORE names another file than the cacerts of this Java.',
		`if [ -n "\${KEYSTORE-}" ]; then set -- "\${1-}" -keystore "$KEYSTORE"`,
		`else set -- "\${1-}" -cacerts; fi`,
		'what=$1',
		'shift',
		'if [ "$what" = remove ]; then',
		'  "$keytool" -delete "$@" -storepass:env STOREPASS \\',
		`    -alias ${caName}`,
		'else',
		'  "$keytool" -importcert -noprompt "$@" -storepass:env STOREPASS \\',
		`    -alias ${caName} -file "$file"`,
		'fi',
	],
});

const others = ({registry}: CaGiven): HandoverSection => ({
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
		'Docker and Podman on machines of users, for the registry',
		`  install -D -m 0644 ca.crt /etc/docker/certs.d/${registry}/ca.crt`,
		`  install -D -m 0644 ca.crt /etc/containers/certs.d/${registry}/ca.crt`,
		'  to undo, delete that folder.',
		'The ZenML client with a CA of its own for one server',
		'  zenml login URL --ssl-ca-cert CA',
	],
});

const dockerfile = ({pemSha256}: CaGiven): HandoverSection => ({
	title: 'Container images',
	fileName: 'ca-image.Dockerfile',
	lines: [
		'# An image that trusts the internal CA, on top of yours (Debian, Ubuntu).',
		'# With ca.crt in this folder, behind the gap, with Docker, Podman or Kaniko:',
		'#   docker build -f ca-image.Dockerfile --build-arg BASE=IMAGE -t NAME .',
		'ARG BASE',
		`FROM \${BASE}`,
		'USER root',
		`COPY ca.crt /usr/local/share/ca-certificates/${caName}.crt`,
		'RUN want=\\',
		`${pemSha256} \\`,
		`  && echo "$want  /usr/local/share/ca-certificates/${caName}.crt" \\`,
		'  | sha256sum -c - && update-ca-certificates',
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
