import type {HandoverSection} from '../../base/handover.ts';
import {type CaGiven, caName} from './given.ts';
import {caScript, nothingToDo} from './script.ts';

// security(1): what is not there is an error when it is taken away.
const script = (given: CaGiven): HandoverSection =>
	caScript(given, {
		title: 'macOS, one machine',
		fileName: 'ca-macos.sh',
		about: ['Run as root. For all users of this Mac.'],
		check: ['security verify-cert -c ca.crt'],
		system: [
			'if [ "$(uname -s)" != Darwin ]; then',
			'  echo "ca-macos.sh is for macOS. This is $(uname -s): nothing was done." >&2',
			'  exit 1',
			'fi',
		],
		digest: {decode: 'base64 -D', sum: 'shasum -a 256'},
		lines: [
			'keychain=/Library/Keychains/System.keychain',
			'is_there() {',
			'  security find-certificate -a -Z "$keychain" | grep -iq "$want"',
			'}',
			'if [ "$what" = install ]; then',
			'  if is_there && security verify-cert -c "$file" >/dev/null 2>&1; then',
			`    echo "${nothingToDo.install}"`,
			'    exit 0',
			'  fi',
			'  security add-trusted-cert -d -r trustRoot -k "$keychain" "$file"',
			'  echo "Installed: in $keychain"',
			'elif is_there; then',
			'  security remove-trusted-cert -d "$file" \\',
			'    || echo "It was not trusted; it is deleted all the same." >&2',
			'  security delete-certificate -Z "$want" "$keychain"',
			'  echo "Removed: from $keychain"',
			'else',
			`  echo "${nothingToDo.remove}"`,
			'fi',
		],
	});

/** The same certificate has the same identifiers each time: a profile that is installed again replaces itself. */
const uuidOf = (sha256: string, from: number): string => {
	const digits = sha256.slice(from, from + 32).toUpperCase();
	return [
		digits.slice(0, 8),
		digits.slice(8, 12),
		`8${digits.slice(13, 16)}`,
		`8${digits.slice(17, 20)}`,
		digits.slice(20, 32),
	].join('-');
};

const keyOf = (key: string, value: string): readonly string[] => [`<key>${key}</key>`, `<string>${value}</string>`];

// Apple, Device Management: a payload of type com.apple.security.root holds a certificate in DER.
const profile = ({base64, sha256}: CaGiven): HandoverSection => ({
	title: 'macOS and iOS, configuration profile',
	fileName: 'ca.mobileconfig',
	lines: [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"',
		'  "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
		'<plist version="1.0">',
		'<dict>',
		...keyOf('PayloadType', 'Configuration'),
		'<key>PayloadVersion</key>',
		'<integer>1</integer>',
		...keyOf('PayloadIdentifier', `${caName}.profile`),
		...keyOf('PayloadUUID', uuidOf(sha256, 0)),
		...keyOf('PayloadDisplayName', 'Internal CA of ZenML Pro'),
		...keyOf('PayloadScope', 'System'),
		'<key>PayloadContent</key>',
		'<array><dict>',
		...keyOf('PayloadType', 'com.apple.security.root'),
		'<key>PayloadVersion</key>',
		'<integer>1</integer>',
		...keyOf('PayloadIdentifier', `${caName}.certificate`),
		...keyOf('PayloadUUID', uuidOf(sha256, 32)),
		...keyOf('PayloadDisplayName', 'Internal CA'),
		...keyOf('PayloadCertificateFileName', 'ca.cer'),
		'<key>PayloadContent</key>',
		'<data>',
		...base64,
		'</data>',
		'</dict></array>',
		'</dict>',
		'</plist>',
	],
});

const notes: HandoverSection = {
	title: 'macOS, all machines (Jamf and other MDM)',
	fileName: 'macos-jamf.txt',
	lines: [
		'Jamf Pro',
		'  Computers > Configuration Profiles > Upload: ca.mobileconfig',
		'  Scope: the computers of those who use ZenML. Save.',
		'  Or by hand: New > Certificate > Configure, upload ca.cer, level',
		'  "Computer Level", and "Allow all apps access" left off.',
		'Other MDM (Intune, Kandji, Workspace ONE)',
		'  Upload ca.mobileconfig as a custom profile for the device, not the user.',
		'Check, on one of the Macs',
		'  security find-certificate -a -Z /Library/Keychains/System.keychain \\',
		"    | grep -A 1 'SHA-256'",
		'  and compare with the fingerprint in README.txt.',
		'Undo',
		'  Take the computers out of the scope, or delete the profile.',
		'  Safari and Chrome follow at once, Firefox after a restart.',
	],
};

/** What brings the CA to Macs. */
export const apple = (given: CaGiven): readonly HandoverSection[] => [script(given), profile(given), notes];
